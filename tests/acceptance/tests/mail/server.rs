//! Through a mail server: whatever it does, orders are accepted, and in the end every customer has their mail.

use acceptance::{
    Engine, Installation, TestApp,
    answer::text,
    on_every_engine,
    steps::{confirmed, ship},
};
use mail_server::MailServer;

use crate::move_to;

on_every_engine!(
    a_mail_server_that_is_down_or_slow_holds_up_no_order,
    a_server_killed_before_it_heard_of_a_mail_sends_it_again_as_the_same,
    who_is_refused_holds_up_nobody_else
);

/// An installation that sends its mail to this server.
fn sending_to(engine: Engine, mail: &MailServer) -> TestApp {
    TestApp::start_in(Installation::new(engine).sending_mail_to(mail))
}

/// The log's text about a failed delivery.
const HELD: &str = "a delivery failed and is held";

async fn a_mail_server_that_is_down_or_slow_holds_up_no_order(engine: Engine) {
    let mut mail = MailServer::start();
    let app = sending_to(engine, &mail);
    let sam = app.staff().await;
    let ada = app.customer("ada").await;
    app.wait_idle();
    mail.go_down();
    let order = confirmed(&app, &ada).await;
    app.server.log().wait_for(HELD);
    mail.come_back();
    mail.become_slow();
    mail.wait_for_waiting(1);
    ship(&app, &sam, &order).await;
    mail.become_quick();
    app.wait_idle();

    let subjects: Vec<String> = mail
        .received()
        .iter()
        .map(|mail| mail.message.header("Subject"))
        .collect();
    let reference = text(&order["reference"]);
    assert_eq!(
        subjects,
        [
            format!("Order {reference} confirmed"),
            format!("Order {reference} shipped")
        ],
        "in the order in which it happened, and each once"
    );
    for received in mail.received() {
        assert_eq!(received.sender, "orders@shop.example");
        assert_eq!(received.recipients, ["ada@example.com"]);
        assert!(received.message.id().ends_with("@shop.example>"));
    }
    assert!(app.installation().mails().is_empty());
}

async fn a_server_killed_before_it_heard_of_a_mail_sends_it_again_as_the_same(engine: Engine) {
    let mail = MailServer::start();
    let mut app = sending_to(engine, &mail);
    let ada = app.customer("ada").await;
    app.wait_idle();
    mail.become_slow_with_next_mail();
    confirmed(&app, &ada).await;
    mail.wait_for_mails(1);
    app.server.kill();
    mail.become_quick();
    app.restart();
    let received = mail.wait_for_mails(2);
    app.wait_idle();
    assert_eq!(mail.received().len(), 2);
    assert_eq!(received[0].message.id(), received[1].message.id());
}

async fn who_is_refused_holds_up_nobody_else(engine: Engine) {
    let mail = MailServer::start();
    mail.refuse_for_good("eve@example.com");
    let app = sending_to(engine, &mail);
    let (eve, ada) = (app.customer("eve").await, app.customer("ada").await);
    app.wait_idle();
    confirmed(&app, &eve).await;
    let line = app.server.log().wait_for(HELD);
    assert!(
        line.contains("recipient_refused") && line.contains("no such user here"),
        "{line}"
    );
    confirmed(&app, &ada).await;
    let received = mail.wait_for_mails(1);
    assert_eq!(received[0].recipients, ["ada@example.com"]);
    // At her new address mail is accepted: nothing is left to do when the app is dropped.
    move_to(&app, &eve, "eve@elsewhere.example").await;
}
