//! What seeding prints on standard output: the logins, once, and what was added.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::Duration,
};

use demo_data::{Filled, Login};
use serde_json::{Value, json};
use storage::CommitStatistics;

use crate::failure::Failure;

/// How long it took, and what ordering's committer did.
pub(super) struct Speed {
    /// How long it took.
    pub(super) elapsed: Duration,
    /// The committer's count.
    pub(super) commits: CommitStatistics,
}

/// Everything that is to be printed.
pub(super) struct Report {
    as_json: bool,
    logins: Vec<Login>,
    /// Demo users that were there before.
    users_present: u32,
    /// Demo products that were listed now.
    products_added: u32,
    /// Demo orders that were there before.
    pub(super) orders_present: u64,
    orders_added: BTreeMap<String, u64>,
    /// Known at the end.
    pub(super) speed: Option<Speed>,
}

impl Report {
    /// Nothing to print so far.
    pub(super) const fn new(as_json: bool) -> Self {
        Self {
            as_json,
            logins: Vec::new(),
            users_present: 0,
            products_added: 0,
            orders_present: 0,
            orders_added: BTreeMap::new(),
            speed: None,
        }
    }

    /// Something was found or made.
    pub(super) fn note(&mut self, filled: Filled) -> io::Result<()> {
        match filled {
            Filled::UserPresent => self.users_present += 1,
            Filled::UserCreated(login) => self.created(login)?,
            Filled::ProductListed => self.products_added += 1,
        }
        Ok(())
    }

    /// A user was created. A person sees it at once: so no later failure can lose the password.
    fn created(&mut self, login: Login) -> io::Result<()> {
        if !self.as_json {
            if self.logins.is_empty() {
                print("demo logins, printed this once:\n")?;
            }
            print(&format!(
                "  {:<9} {:<26} {}\n",
                login.role.name(),
                login.email.to_string(),
                login.password
            ))?;
        }
        self.logins.push(login);
        Ok(())
    }

    /// An order was brought to this status.
    pub(super) fn added(&mut self, status: String) {
        *self.orders_added.entry(status).or_default() += 1;
    }

    /// Prints the rest; with JSON, everything.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        let text = if self.as_json {
            format!("{}\n", self.json())
        } else {
            self.lines()
        };
        print(&text).map_err(Failure::unavailable)
    }

    fn lines(&self) -> String {
        let mut lines = String::new();
        if self.users_present > 0 {
            lines += &format!(
                "{} demo users were there already; their passwords were printed when they were created\n",
                self.users_present
            );
        }
        if self.products_added > 0 {
            lines += &format!("{} products were listed\n", self.products_added);
        }
        if self.orders_present > 0 {
            lines += &format!("{} demo orders were there already\n", self.orders_present);
        }
        let added: u64 = self.orders_added.values().sum();
        if added == 0 {
            return lines + "no order was added\n";
        }
        let states: Vec<String> = self
            .orders_added
            .iter()
            .map(|(status, count)| format!("{count} {status}"))
            .collect();
        lines += &format!("{added} orders were added: {}\n", states.join(", "));
        if let Some(Speed { elapsed, commits }) = &self.speed {
            lines += &format!(
                "it took {:.1} s; {} commands shared {} commits\n",
                elapsed.as_secs_f64(),
                commits.write_sets,
                commits.commits
            );
        }
        lines
    }

    fn json(&self) -> Value {
        let logins: Vec<Value> = self
            .logins
            .iter()
            .map(|login| json!({ "email": login.email, "role": login.role, "password": login.password }))
            .collect();
        json!({
            "logins": logins,
            "users_present": self.users_present,
            "products_added": self.products_added,
            "orders_present": self.orders_present,
            "orders_added": self.orders_added,
            "seconds": self.speed.as_ref().map(|speed| speed.elapsed.as_secs_f64()),
            "commands": self.speed.as_ref().map(|speed| speed.commits.write_sets),
            "commits": self.speed.as_ref().map(|speed| speed.commits.commits),
        })
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}
