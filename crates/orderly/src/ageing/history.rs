//! One history: what happens to an installation, drawn from a seed.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use notifications::{MailError, in_memory::Taken};

use super::{
    beginning,
    known::Known,
    looking,
    seeds::Counts,
    world::{DAY, World},
};

/// Steps of a history.
const STEPS: usize = 45;
const HOUR: i64 = 60 * 60;

/// What has happened so far, to explain a violation.
#[derive(Clone, Default)]
pub(super) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn tell(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.lock().unwrap().join("\n"))
    }
}

/// An installation, the model of it, and what happens next.
pub(super) struct History {
    pub(super) world: World,
    pub(super) known: Known,
    pub(super) random: fastrand::Rng,
    counts: Counts,
    told: Told,
}

/// Runs a history. Panics when something does not hold.
pub(super) async fn live(seed: u64, told: Told) -> Counts {
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let beginning = beginning::lay(&mut random, folder.path());
    told.tell(format!("it began with {beginning}"));
    let mut history = History {
        world: World::in_folder(folder),
        known: Known::default(),
        random,
        counts: Counts::new(),
        told,
    };
    history.world.start().await;
    history.world.resume("inventory.orders").await;
    history.world.wait_until_idle().await;
    looking::get_to_know(&mut history).await;
    looking::look(&mut history).await;
    // A first customer and a first product.
    history.register().await;
    history.list().await;
    history.wait_until_idle().await;
    // In one of three histories it moves to PostgreSQL.
    let moves_at = history.random.usize(..STEPS * 3);
    for step in 0..STEPS {
        if step == moves_at {
            history.did("moves to PostgreSQL", format_args!(""));
            history.world.move_to_postgres().await;
        }
        history.step().await;
    }
    history.wait_until_idle().await;
    history.world.stop().await;
    let mails = history.world.mailer.sent().len();
    history.counts.insert("mails", u64::try_from(mails).unwrap());
    history.counts
}

impl History {
    pub(super) fn did(&mut self, what: &'static str, with: fmt::Arguments<'_>) {
        *self.counts.entry(what).or_default() += 1;
        self.told
            .tell(format!("at {} s: {what} {with}", self.world.seconds));
    }

    async fn step(&mut self) {
        match self.random.u8(..64) {
            0..=1 => self.register().await,
            2..=3 => self.list().await,
            4..=8 => self.adjust().await,
            9..=21 => self.place().await,
            22..=31 => self.confirm().await,
            32..=35 => self.cancel().await,
            36..=39 => self.ship().await,
            40 => self.deliver().await,
            41..=44 => self.repeat().await,
            45..=48 => self.wait_until_idle().await,
            49..=51 => self.keep().await,
            52..=53 => self.pass().await,
            54..=55 => self.quiet_month().await,
            56..=58 => self.set_clock(),
            59..=61 => self.restart().await,
            _ => self.lose_mail(),
        }
    }

    async fn wait_until_idle(&mut self) {
        self.world.wait_until_idle().await;
        self.did("looks", format_args!("when all is delivered"));
        looking::look(self).await;
    }

    async fn keep(&mut self) {
        self.did("passes of retention", format_args!(""));
        self.world.keep().await;
    }

    async fn pass(&mut self) {
        let seconds = self.random.i64(1..12 * HOUR);
        self.did("times that passed", format_args!("{seconds} s"));
        self.world.pass(seconds);
        self.world.keep().await;
    }

    /// A month without orders: retention empties the logs of what is delivered.
    async fn quiet_month(&mut self) {
        let delivered = self.random.u8(..4) > 0;
        if delivered {
            self.world.wait_until_idle().await;
        }
        self.did("quiet months", format_args!("everything delivered: {delivered}"));
        for _ in 0..8 {
            self.world.pass(4 * DAY);
            self.world.keep().await;
        }
    }

    fn set_clock(&mut self) {
        let seconds = self.wrong();
        self.did("clocks set", format_args!("by {seconds} s"));
        self.world.set_clock_by(seconds);
    }

    /// How far a clock is wrong: by minutes, hours, days or weeks.
    fn wrong(&mut self) -> i64 {
        let most = self.random.choice([5 * 60, 3 * HOUR, 3 * DAY, 40 * DAY]).unwrap();
        self.random.i64(-most..most)
    }

    async fn restart(&mut self) {
        let off = self.random.choice([1, 60, 5 * HOUR, 3 * DAY]).unwrap();
        let wrong = if self.random.bool() { 0 } else { self.wrong() };
        self.did(
            "restarts",
            format_args!("off for {off} s, and the clock wrong by {wrong} s"),
        );
        self.world.restart(off, wrong).await;
        if self.random.bool() {
            self.world.keep().await;
        }
    }

    /// The mail server takes the next mails at another time.
    fn lose_mail(&mut self) {
        let count = self.random.u8(1..4);
        self.did("mails put off", format_args!("{count}"));
        for _ in 0..count {
            let later = MailError::NotNow("the server is away".to_owned());
            self.world.mailer.fail_next(later, Taken::No);
        }
    }
}
