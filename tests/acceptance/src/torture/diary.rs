//! What one client has recorded, through all kills: the answers it got, and the command whose answer it never got.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    command::{Command, Step},
    model,
};
use crate::{Answer, answer::text};

const MOST_OBJECTIONS: usize = 5;

/// A client's diary.
#[derive(Debug)]
pub(crate) struct Diary {
    /// Which client keeps it.
    pub(crate) client: usize,
    /// Which user it orders as.
    pub(crate) customer: usize,
    /// That user's id.
    pub(crate) customer_id: String,
    /// That user, as last answered, for the one client that changes them.
    pub(crate) user: Option<Value>,
    /// What it orders.
    pub(crate) product_id: String,
    /// Orders as last answered, by id.
    pub(crate) orders: BTreeMap<String, Value>,
    /// Those among them that changed since the last kill.
    pub(crate) touched: BTreeSet<String>,
    /// Users that it registered, as answered.
    pub(crate) registered: Vec<Value>,
    /// The command that was under way when the server was killed.
    pub(crate) unknown: Option<Command>,
    /// How many commands it has sent; each is different.
    pub(crate) serial: u64,
    /// How often each command was answered 2xx.
    pub(crate) acknowledged: BTreeMap<&'static str, u64>,
    /// How often a command was refused, as it had to be.
    pub(crate) refused: u64,
    /// How often it was refused with a time to retry.
    pub(crate) unavailable: u64,
    /// Answers that were wrong, before any kill.
    pub(crate) wrong: Vec<String>,
}

impl Diary {
    pub(crate) const fn new(
        client: usize,
        customer: usize,
        customer_id: String,
        product_id: String,
        user: Option<Value>,
    ) -> Self {
        Self {
            client,
            customer,
            customer_id,
            user,
            product_id,
            orders: BTreeMap::new(),
            touched: BTreeSet::new(),
            registered: Vec::new(),
            unknown: None,
            serial: 0,
            acknowledged: BTreeMap::new(),
            refused: 0,
            unavailable: 0,
            wrong: Vec::new(),
        }
    }

    /// The result that `command` must have; nothing, if it has to be refused.
    pub(crate) fn foretold(&self, command: &Command) -> Option<Value> {
        match command {
            // Registering an address twice has to be refused.
            Command::Register { email } => {
                let taken = self.registered.iter().any(|user| user["email"] == **email);
                (!taken).then(|| model::registered(email))
            }
            Command::ChangeEmail { email } => self.user.as_ref().map(|user| model::with_email(user, email)),
            Command::Deactivate { user_id } => {
                let mut registered = self.registered.iter();
                model::deactivated(registered.find(|user| user["id"] == **user_id)?)
            }
            Command::Place { lines, .. } => model::placed(&self.customer_id, lines),
            Command::Change { order_id, step } => self
                .orders
                .get(order_id)
                .and_then(|order| model::changed(order, step)),
        }
    }

    /// Records how a command was answered.
    pub(crate) fn note(&mut self, command: &Command, answer: &Answer) {
        let foretold = self.foretold(command);
        match (answer.status, foretold) {
            (200..=202, Some(foretold)) => {
                let found = answer.json();
                if !model::is_or_has_settled(&foretold, &found) {
                    let differences = model::differences(&foretold, &found);
                    self.object(format!(
                        "{command:?} was answered wrongly: {}",
                        differences.join("; ")
                    ));
                }
                *self.acknowledged.entry(command.name()).or_default() += 1;
                self.keep(command, answer.json());
            }
            // A rule refused, or one account had too many requests; nothing was done.
            (400..=499, None) | (429, _) => self.refused += 1,
            // Too many commands were waiting, or the database was unavailable; nothing was done either.
            (503, _) if answer.header("retry-after").is_some() => self.unavailable += 1,
            (status, foretold) => {
                let expected = if foretold.is_some() {
                    "success"
                } else {
                    "a refusal"
                };
                self.wrong.push(format!(
                    "{command:?} was answered {status}, expected {expected}: {}",
                    answer.text
                ));
            }
        }
    }

    /// Records an answer that was wrong; only the first few.
    fn object(&mut self, what: String) {
        if self.wrong.len() < MOST_OBJECTIONS {
            self.wrong.push(what);
        }
    }

    /// Records the result of a command.
    pub(crate) fn keep(&mut self, command: &Command, made: Value) {
        match command {
            Command::Register { .. } => self.registered.push(made),
            Command::ChangeEmail { .. } => self.user = Some(made),
            Command::Deactivate { user_id } => {
                let mut registered = self.registered.iter_mut();
                if let Some(user) = registered.find(|user| user["id"] == **user_id) {
                    *user = made;
                }
            }
            Command::Place { .. } | Command::Change { .. } => {
                let id = text(&made["id"]);
                self.touched.insert(id.clone());
                self.orders.insert(id, made);
            }
        }
    }

    /// Inventory has answered about an order since.
    pub(crate) fn record_result(&mut self, id: &str, order: Value) {
        self.orders.insert(id.to_owned(), order);
    }

    /// The step that was under way on this order.
    pub(crate) fn unknown_step(&self, id: &str) -> Option<&Step> {
        match &self.unknown {
            Some(Command::Change { order_id, step }) if order_id == id => Some(step),
            _ => None,
        }
    }
}
