//! A consumer is stuck, and an operator does something about it: on the command line, and on the pages.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod address;
mod browser;
mod command_line;

use acceptance::{Engine, Installation, Login, TestApp, steps};
use mail_server::MailServer;
use serde_json::Value;

/// An installation whose mail server refused a customer's mail for good; another mail waits behind it.
struct Stuck {
    app: TestApp,
    mail: MailServer,
    customer: Login,
    order: Value,
    /// The name of the dead letter.
    letter: String,
}

impl Stuck {
    async fn on(engine: Engine) -> Self {
        let mail = MailServer::start();
        let app = TestApp::start_in(Installation::new(engine).sending_mail_to(&mail));
        let (admin, customer) = (app.admin().await, app.customer("ada").await);
        mail.refuse_for_good(&customer.email);
        let order = steps::confirmed(&app, &customer).await;
        steps::ship(&app, &admin, &order).await;
        app.wait_idle();
        let list = app.run(&["dead-letters", "list", "--json"]).expecting_success();
        let list: Value = serde_json::from_str(&list).unwrap();
        let letters = list["dead_letters"].as_array().unwrap();
        assert_eq!((letters.len(), &list["more"]), (1, &Value::Bool(false)), "{list}");
        Self {
            letter: letters[0]["id"].as_str().unwrap().to_owned(),
            app,
            mail,
            customer,
            order,
        }
    }

    /// What the mails were about that were sent, oldest first, once there are so many.
    fn steps_told(&self, count: usize) -> Vec<String> {
        let mails = self.mail.wait_for_mails(count);
        assert_eq!(mails.len(), count);
        let subjects = mails.iter().map(|mail| mail.message.header("Subject"));
        subjects
            .map(|subject| subject.rsplit(' ').next().unwrap().to_owned())
            .collect()
    }
}
