//! By default mail is kept in files of the data folder.

use std::collections::BTreeMap;

use acceptance::{
    Binary, Engine, Installation, TestApp,
    answer::text,
    on_every_engine,
    steps::{confirmed, ship, taken},
};
use serde_json::{Value, json};

use crate::move_to;

on_every_engine!(
    each_step_of_an_order_is_one_mail_to_where_its_customer_is_then,
    nobody_gets_mail_about_the_past
);

async fn each_step_of_an_order_is_one_mail_to_where_its_customer_is_then(engine: Engine) {
    let app = TestApp::start(engine);
    let sam = app.staff().await;
    let ada = app.customer("ada").await;
    let order = confirmed(&app, &ada).await;
    let other = confirmed(&app, &ada).await;
    app.wait_idle();
    move_to(&app, &ada, "ada@lovelace.org").await;
    app.wait_idle();
    ship(&app, &sam, &order).await;
    taken(&app, &sam, &other, "cancel", &json!({"reason": "the kiln broke"})).await;
    app.wait_idle();

    let (reference, other) = (text(&order["reference"]), text(&other["reference"]));
    let mails = app.installation().mails();
    let mut found: Vec<(String, String)> = mails
        .values()
        .map(|mail| (mail.header("Subject"), mail.header("To")))
        .collect();
    found.sort();
    let mut expected = [
        (format!("Order {reference} confirmed"), "ada@example.com"),
        (format!("Order {other} confirmed"), "ada@example.com"),
        (format!("Order {reference} shipped"), "ada@lovelace.org"),
        (format!("Order {other} cancelled"), "ada@lovelace.org"),
    ]
    .map(|(subject, to)| (subject, to.to_owned()));
    expected.sort();
    assert_eq!(found, expected);
    for (file, mail) in &mails {
        let event = file.trim_end_matches(".eml");
        assert_eq!(mail.id(), format!("<{event}@localhost>"));
        assert_eq!(mail.header("From"), "Orderly <orders@localhost>");
    }
}

async fn nobody_gets_mail_about_the_past(engine: Engine) {
    let installation = Installation::new(engine);
    let binary = Binary::released();
    let seeded = binary
        .run(installation.path(), &["seed", "--orders", "10", "--json"])
        .expecting_success();
    let seeded: Value = serde_json::from_str(&seeded).unwrap();
    // Accounts' events wait for the address book; those about orders wait for nobody.
    let users = seeded["logins"].as_array().unwrap().len();
    let line = binary
        .run(installation.path(), &["wait-idle", "--timeout", "1"])
        .expecting_one_line(1);
    assert!(line.contains(&format!("{users} events unpublished")), "{line}");

    let app = TestApp::start_in(installation);
    app.wait_idle();
    assert_eq!(app.installation().mails(), BTreeMap::new());
    let ada = app.customer("ada").await;
    let order = confirmed(&app, &ada).await;
    app.wait_idle();
    let mails = app.installation().mails();
    let subjects: Vec<String> = mails.values().map(|mail| mail.header("Subject")).collect();
    assert_eq!(
        subjects,
        [format!("Order {} confirmed", text(&order["reference"]))]
    );
}
