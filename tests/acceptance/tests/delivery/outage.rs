//! The mail server is unavailable while a thousand orders are confirmed, and refuses one customer when it is back.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::{
    Asking, Engine, Installation, Login, Mailbox, TestApp, an_address, an_order, answer::text,
    bodies::a_shipment, on_every_engine, steps::path,
};
use mail_server::MailServer;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::crowd::{Times, all};

on_every_engine!(a_mail_server_that_is_down_costs_a_thousand_orders_nothing_and_then_each_mail_is_sent);

const CUSTOMERS: usize = 8;
/// Orders that are confirmed while the mail server is available, to compare with.
const BEFORE: usize = 250;
/// Orders that are confirmed while it is not.
const DURING: usize = 1_000;
/// Of these, the orders of the customer whom it refuses.
const OF_EVE: usize = 10;
/// The log's text about a failed delivery.
const HELD: &str = "a delivery failed and is held";

/// All users.
struct People {
    admin: Login,
    eve: Login,
    customers: Vec<Login>,
}

async fn a_mail_server_that_is_down_costs_a_thousand_orders_nothing_and_then_each_mail_is_sent(
    engine: Engine,
) {
    let mut mail = MailServer::start();
    let app = TestApp::start_in(Installation::new(engine).sending_mail_to(&mail));
    let people = people(&app).await;
    let before = placed(&app, &people.customers, BEFORE).await;
    let mut during = placed(&app, std::slice::from_ref(&people.eve), OF_EVE).await;
    during.extend(placed(&app, &people.customers, DURING - OF_EVE).await);
    app.wait_idle();

    let with_mail = confirm(&app, &people.admin, &before).await;
    app.wait_idle();
    mail.go_down();
    let without_mail = confirm(&app, &people.admin, &during).await;
    println!(
        "{engine:?}: confirming took at most {:.0} ms with a mail server and {:.0} ms without, 99 of 100 times",
        with_mail.p99(),
        without_mail.p99()
    );
    // Inventory decides about each, whether mail can be sent or not.
    all(
        during
            .iter()
            .map(|order| confirming(&app, &people.admin, order).header("Prefer", "wait=10")),
        200,
    )
    .await;
    let (shipped, rest): (Vec<_>, Vec<_>) = during.iter().enumerate().partition(|(place, _)| place % 4 == 0);
    let cancelled = rest.iter().filter(|(place, _)| place % 10 == 1);
    let ships = shipped.iter().map(|(_, order)| {
        app.post(&path(order, "ship"))
            .by(&people.admin)
            .json(&a_shipment())
    });
    let cancels = cancelled.map(|(_, order)| {
        let body = json!({"reason": "the kiln broke"});
        app.post(&path(order, "cancel")).by(&people.admin).json(&body)
    });
    all(ships.chain(cancels), 200).await;
    app.server.log().wait_for(HELD);

    mail.refuse_for_good(&people.eve.email);
    mail.come_back();
    app.wait_idle();
    let expected = expected_steps(&app, &people.admin, before.iter().chain(&during)).await;
    let (hers, others): (BTreeMap<_, _>, BTreeMap<_, _>) = expected
        .into_iter()
        .partition(|(_, (customer, _))| *customer == people.eve.user_id);
    assert_eq!(hers.len(), OF_EVE);
    expect_mail(&mail, &others);
    let dead = dead_letters(&app, &people.admin).await;
    let about: BTreeSet<String> = dead.iter().map(|letter| text(&letter["aggregate_id"])).collect();
    let her_orders: BTreeSet<String> = during[..OF_EVE].iter().map(|order| text(&order["id"])).collect();
    assert_eq!((dead.len(), &about), (OF_EVE, &her_orders));

    mail.welcome(&people.eve.email);
    for letter in &dead {
        replay(&app, &people.admin, letter).await;
    }
    app.wait_idle();
    let everything = hers.into_iter().chain(others).collect();
    expect_mail(&mail, &everything);
    for letter in &dead {
        let again = replay_once(&app, &people.admin, letter).await;
        assert_eq!(again, (409, "delivery_not_dead".to_owned()));
    }
    app.wait_idle();
    expect_mail(&mail, &everything);
    assert_eq!(dead_letters(&app, &people.admin).await, Vec::<Value>::new());
    let unfinished = app.installation().rows(
        "notifications",
        "SELECT event_id FROM deliveries WHERE ended_at IS NULL",
    );
    assert!(unfinished.is_empty(), "{unfinished:?}");
}

async fn people(app: &TestApp) -> People {
    let mut customers = Vec::new();
    for number in 0..CUSTOMERS {
        customers.push(app.customer(&format!("customer{number}")).await);
    }
    let people = People {
        admin: app.admin().await,
        eve: app.customer("eve").await,
        customers,
    };
    app.wait_idle();
    people
}

/// So many orders, in turns by these customers.
async fn placed(app: &TestApp, customers: &[Login], count: usize) -> Vec<Value> {
    let order = an_order().with_line(app.kettle().await.of(2)).body();
    let requests = (0..count).map(|place| {
        let customer = &customers[place % customers.len()];
        app.post("/orders").by(customer).json(&order)
    });
    all(requests, 201).await.0
}

async fn confirm(app: &TestApp, admin: &Login, orders: &[Value]) -> Times {
    let requests = orders.iter().map(|order| confirming(app, admin, order));
    all(requests, 200).await.1
}

/// Confirms an order; sent again, it is the same confirmation.
fn confirming(app: &TestApp, admin: &Login, order: &Value) -> RequestBuilder {
    let key = format!("confirming-{}", text(&order["id"]));
    let request = app.post(&path(order, "confirm")).by(admin);
    request.header("Idempotency-Key", key).json(&an_address())
}

/// For each order's reference, its customer and the mails about it, by the order's state.
async fn expected_steps(
    app: &TestApp,
    admin: &Login,
    orders: impl Iterator<Item = &Value>,
) -> BTreeMap<String, (String, Vec<&'static str>)> {
    let requests = orders.map(|order| app.get(&format!("/orders/{}", text(&order["id"]))).by(admin));
    let orders = all(requests, 200).await.0;
    let steps = |order: &Value| match order["status"].as_str() {
        Some("confirmed") => vec!["confirmed"],
        Some("shipped") => vec!["confirmed", "shipped"],
        Some("cancelled") => vec!["confirmed", "cancelled"],
        other => panic!("found an order that is {other:?}"),
    };
    orders
        .iter()
        .map(|order| {
            (
                text(&order["reference"]),
                (text(&order["customer_id"]), steps(order)),
            )
        })
        .collect()
}

/// Exactly these mails came, about each order in the order in which it happened, and each once.
fn expect_mail(mail: &MailServer, expected: &BTreeMap<String, (String, Vec<&'static str>)>) {
    let mailbox = Mailbox::of(&mail.received());
    for (reference, (_, steps)) in expected {
        assert_eq!(&mailbox.steps(reference), steps, "{reference}");
    }
    let about: BTreeSet<&str> = expected.keys().map(String::as_str).collect();
    assert_eq!(mailbox.references(), about);
    assert_eq!(mailbox.repeated(), 0);
}

async fn dead_letters(app: &TestApp, admin: &Login) -> Vec<Value> {
    let request = app.get("/ops/dead-letters?limit=100").by(admin);
    let mut list = request.answer().await.expecting(200);
    assert_eq!(list["next_cursor"], Value::Null);
    std::mem::take(list["data"].as_array_mut().unwrap())
}

/// Replays a letter that is dead, twice in a row: the second time it may be dead no more.
async fn replay(app: &TestApp, admin: &Login, letter: &Value) {
    assert_eq!(replay_once(app, admin, letter).await.0, 200);
    let again = replay_once(app, admin, letter).await;
    assert_eq!(again, (409, "delivery_not_dead".to_owned()));
}

async fn replay_once(app: &TestApp, admin: &Login, letter: &Value) -> (u16, String) {
    let path = format!("/ops/dead-letters/{}/replay", text(&letter["id"]));
    app.post(&path).by(admin).answer().await.refusal()
}
