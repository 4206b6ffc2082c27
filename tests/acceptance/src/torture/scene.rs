//! An installation under test: its server, its clients, and the findings so far.

use mail_server::MailServer;
use serde_json::Value;

use super::{
    deliveries::inspect_deliveries,
    diary::Diary,
    inspection::{inspect, inspect_customers},
    load::Load,
    plan::Plan,
    random::Random,
    report::Report,
    shop::Shop,
};
use crate::{Binary, Installation, Mailbox, PASSWORD, Server, answer::text};

const CLIENTS: usize = 64;
/// Users that the clients order as: fewer, since each log-in costs a password hash.
const CUSTOMERS: usize = 16;
/// Acknowledged writes before a kill: at least so many, and up to four times as many.
const WRITES_BEFORE_A_KILL: u64 = 100;
const ADMIN: &str = "admin@example.com";

pub(crate) struct Scene {
    binary: Binary,
    pub(crate) server: Server,
    pub(crate) installation: Installation,
    /// Counts mails, and is never killed.
    mail: MailServer,
    shop: Shop,
    diaries: Vec<Diary>,
    random: Random,
    pub(crate) report: Report,
}

impl Scene {
    /// Serves the installation and registers all users.
    pub(crate) async fn open(binary: &Binary, installation: Installation, plan: Plan) -> Self {
        let sound = binary.without_canary();
        let mail = MailServer::start();
        let installation = installation.sending_mail_to(&mail);
        let server = Server::start(&sound, installation.path());
        let mut shop = Shop::at(server.url());
        let diaries = opening(&sound, &installation, &mut shop).await;
        Self {
            binary: binary.clone(),
            server,
            installation,
            mail,
            shop,
            diaries,
            random: Random::new(plan.seed),
            report: Report {
                seed: plan.seed,
                fewest_writes: u64::MAX,
                ..Report::default()
            },
        }
    }

    /// How many writes must be acknowledged before the next failure.
    pub(crate) const fn writes(&mut self) -> u64 {
        WRITES_BEFORE_A_KILL + self.random.below(3 * WRITES_BEFORE_A_KILL)
    }

    /// Sets the clients to work.
    pub(crate) fn load(&mut self) -> Load {
        Load::begin(&self.shop, std::mem::take(&mut self.diaries), &mut self.random)
    }

    /// Takes over what the clients have in their diaries after so many acknowledged writes.
    pub(crate) fn note(&mut self, mut diaries: Vec<Diary>, acknowledged: u64) {
        self.report.fewest_writes = self.report.fewest_writes.min(acknowledged);
        self.report.mails = self.mail.mails_so_far();
        let wrong = diaries.iter_mut().flat_map(|diary| diary.wrong.drain(..));
        self.report.faults.extend(wrong);
        self.diaries = diaries;
    }

    /// Whether nothing was found that ends the run. A known bug shows in answers as well; but it must be found by a loss.
    pub(crate) fn goes_on(&self) -> bool {
        self.report.losses.is_empty() && (self.report.faults.is_empty() || self.binary.has_canary())
    }

    /// From now on the server has its known bug, if there is one.
    pub(crate) fn serve_with_canary(&mut self) {
        if self.binary.has_canary() {
            self.server.stop();
            self.serve(&self.binary.clone());
        }
    }

    /// The effects of a known bug are checked by a server without it, unless that would repair them.
    pub(crate) fn serve_without_canary(&mut self) {
        if self.binary.has_canary() {
            self.server.stop();
            self.serve_for_inspection();
        }
    }

    /// Serves the installation again, after the server has ended, to check it.
    pub(crate) fn serve_for_inspection(&mut self) {
        self.serve(&self.binary.for_inspection());
    }

    fn serve(&mut self, binary: &Binary) {
        self.report.faults.extend(self.server.outcries());
        self.server = Server::start(binary, self.installation.path());
        self.shop.move_to(self.server.url());
    }

    /// Records it if a client got no answer: this server has to be running.
    pub(crate) fn expect_every_answer(&mut self) {
        for diary in &self.diaries {
            if let Some(command) = &diary.unknown {
                self.report.faults.push(format!("{command:?} was not answered"));
            }
        }
        if !self.server.is_running() {
            self.report.faults.push("the server has ended".to_owned());
        }
    }

    /// Compares all that is stored with all that was answered.
    pub(crate) async fn inspect(&mut self) {
        self.shop.admin = self.shop.log_in(ADMIN).await.expect("the admin can log in");
        // With a bug that stays, lost deliveries never arrive; a delivery that a kill interrupted is tried again after a quarter of a minute.
        let patience = if self.binary.canary_stays() { "30" } else { "60" };
        let wait = ["wait-idle", "--timeout", patience];
        let idle = self.binary.run(self.installation.path(), &wait);
        if idle.code != 0 {
            let fault = format!("not everything was delivered: {}", idle.stderr);
            self.report.faults.push(fault);
        }
        // Only now: until inventory has answered, confirmed orders change.
        let findings = inspect(&mut self.shop, &mut self.diaries).await;
        self.report.add(findings);
        let doctor = self.binary.run(self.installation.path(), &["doctor"]);
        if doctor.code != 0 {
            let fault = format!("the doctor found: {}{}", doctor.stdout, doctor.stderr);
            self.report.faults.push(fault);
        }
        self.report
            .add(inspect_customers(&self.shop, &self.diaries).await);
        let mailbox = Mailbox::of(&self.mail.received());
        self.report
            .add(inspect_deliveries(&self.installation, &mailbox, &self.diaries));
        self.report.mails_afterwards += mailbox.mails().count() - self.report.mails;
        self.report.mails = mailbox.mails().count();
        self.report.mails_repeated = mailbox.repeated();
    }

    /// Ends the server, and returns all findings.
    pub(crate) fn close(mut self) -> Report {
        self.server.kill();
        self.report.faults.extend(self.server.outcries());
        for diary in self.diaries {
            self.report.refused += diary.refused;
            self.report.unavailable += diary.unavailable;
            for (command, count) in diary.acknowledged {
                *self.report.acknowledged.entry(command).or_default() += count;
            }
        }
        self.report
    }
}

/// An admin, the users that the clients order as, and an empty diary for each client.
async fn opening(binary: &Binary, installation: &Installation, shop: &mut Shop) -> Vec<Diary> {
    let create = [
        "users",
        "create",
        "--email",
        ADMIN,
        "--role",
        "admin",
        "--password-stdin",
    ];
    binary
        .run_with_input(installation.path(), &create, PASSWORD)
        .expecting_success();
    let mut users: Vec<Value> = Vec::new();
    for customer in 0..CUSTOMERS {
        let email = format!("customer{customer}@example.com");
        users.push(shop.register(&email).await.expecting(201));
        shop.customers
            .push(shop.log_in(&email).await.expect("a customer can log in"));
    }
    shop.admin = shop.log_in(ADMIN).await.expect("the admin can log in");
    let product_id = shop
        .product(|| {
            let wait = ["wait-idle", "--timeout", "60"];
            binary.run(installation.path(), &wait).expecting_success();
        })
        .await;
    let diary = |client: usize| {
        let customer = client % CUSTOMERS;
        let user = &users[customer];
        // Only one client changes a user, so that every change has one author.
        Diary::new(
            client,
            customer,
            text(&user["id"]),
            product_id.clone(),
            (client < CUSTOMERS).then(|| user.clone()),
        )
    };
    (0..CLIENTS).map(diary).collect()
}
