//! An installation of an earlier version, and its binary's answers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use acceptance::{Binary, Engine, Installation, Mailbox, TestApp, answer::text, data_folder::contents};
use mail_server::MailServer;
use serde_json::Value;

/// A copy of a fixture, not opened yet.
pub(crate) struct Fixture {
    /// Where the copy is.
    pub(crate) installation: Installation,
    /// What was answered while it was made.
    pub(crate) recorded: Value,
}

impl Fixture {
    /// A copy of the fixture in this folder.
    pub(crate) fn copied(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        let dump = folder.join("database.dump");
        let installation = if dump.exists() {
            let installation = Installation::new(Engine::Postgres);
            installation.database().load(&dump);
            fs::copy(
                folder.join("token_secret"),
                installation.path().join("token_secret"),
            )
            .unwrap();
            installation
        } else {
            Installation::new(Engine::Sqlite)
        };
        let data = folder.join("data");
        if data.exists() {
            copy(&data, &installation.path().join("data"));
        }
        let recorded = fs::read_to_string(folder.join("recorded.json")).unwrap();
        Self {
            installation,
            recorded: serde_json::from_str(&recorded).unwrap(),
        }
    }

    /// The same, migrated to the version of this binary. Keys are stored for a day, and rightly deleted after that: here they are made recent.
    pub(crate) fn migrated(name: &str) -> Self {
        let fixture = Self::copied(name);
        let now = match fixture.is_on_postgres() {
            true => "now()",
            false => "unixepoch() * 1000000",
        };
        fixture.run(&["migrate", "up"]);
        for context in ["ordering", "inventory"] {
            let statement = format!("UPDATE command_log SET recorded_at = {now}");
            fixture.installation.tamper(context, &statement);
        }
        fixture
    }

    /// Whether it was left on PostgreSQL.
    pub(crate) fn is_on_postgres(&self) -> bool {
        self.installation.path().join("token_secret").exists()
    }

    /// The output of a command, which has to succeed, without a server.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        Binary::released()
            .run(self.installation.path(), arguments)
            .expecting_success()
    }

    /// Serves it. Its mail goes to a server of its own, which takes all of it.
    pub(crate) fn served(self) -> Opened {
        let mail = MailServer::start();
        let installation = self.installation.sending_mail_to(&mail);
        Opened {
            app: TestApp::start_in(installation),
            mail,
            recorded: self.recorded,
        }
    }
}

/// A fixture that is served.
pub(crate) struct Opened {
    pub(crate) app: TestApp,
    pub(crate) mail: MailServer,
    pub(crate) recorded: Value,
}

impl Opened {
    /// What the mails since then about the order with this reference were about, in their order.
    pub(crate) fn mails_about(&self, reference: &str) -> Vec<String> {
        let mailbox = Mailbox::of(&self.mail.received());
        let steps = mailbox.steps(reference);
        steps.into_iter().map(str::to_owned).collect()
    }
}

/// The orders that were recorded, each with its entity tag.
pub(crate) fn recorded_orders(recorded: &Value) -> Vec<(Value, String)> {
    let orders = recorded["orders"].as_array().unwrap().iter();
    orders
        .map(|order| {
            let told = serde_json::from_str(&text(&order["text"])).unwrap();
            (told, text(&order["etag"]))
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    for (file, content) in contents(from) {
        let copy: PathBuf = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, content).unwrap();
    }
}
