//! By default mail is kept in files of the data folder.

use std::collections::BTreeMap;

use acceptance::{
    Binary, Engine, Installation, TestApp, an_order,
    answer::text,
    on_every_engine,
    steps::{confirmed, ship, take},
};
use serde_json::{Value, json};

use crate::move_to;

on_every_engine!(
    each_step_of_an_order_is_one_mail_to_where_its_customer_is_then,
    what_an_enemy_orders_does_no_harm_in_a_mail,
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
    take(&app, &sam, &other, "cancel", &json!({"reason": "the kiln broke"}))
        .await
        .expecting(200);
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
    let says: BTreeMap<String, (String, String)> = mails
        .values()
        .map(|mail| (mail.header("Subject"), (mail.text(), mail.html())))
        .collect();
    for (subject, expected) in [
        (
            format!("Order {reference} confirmed"),
            &["Kettle", "USD 19.99", "USD 39.98", "12 St James Square"][..],
        ),
        (
            format!("Order {reference} shipped"),
            &["Royal Mail", "RM123456789GB"],
        ),
        (format!("Order {other} cancelled"), &["the kiln broke"]),
    ] {
        let (plain, html) = &says[&subject];
        for expected in expected {
            assert!(
                plain.contains(expected) && html.contains(expected),
                "{expected}: {plain}\n{html}"
            );
        }
    }
}

async fn what_an_enemy_orders_does_no_harm_in_a_mail(engine: Engine) {
    const NAME: &str = "<img src=x onerror=alert(1)> & \"Kettle\"";
    let app = TestApp::start(engine);
    let eve = app.customer("eve").await;
    let order = app
        .place(
            &eve,
            &an_order().with_line(app.product(NAME, "19.99").await).body(),
        )
        .await;
    let mut address = acceptance::an_address();
    address["shipping_address"]["street"] = json!("</td><script>alert(1)</script>");
    take(&app, &eve, &order, "confirm", &address).await.expecting(200);
    app.wait_idle();
    let mails = app.installation().mails();
    assert_eq!(mails.len(), 1);
    for mail in mails.values() {
        assert!(mail.text().contains(NAME));
        let html = mail.html();
        assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
        assert!(
            html.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Kettle&quot;"),
            "{html}"
        );
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
