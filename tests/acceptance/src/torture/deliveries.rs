//! After the restart, once nothing is left to do: every event was applied exactly once, by what each context stores, and every
//! mail was sent at least once, about each order in the order in which it happened.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{diary::Diary, report::Findings};
use crate::{Installation, Mailbox, answer::text};

/// Compares what consumers store, and the mail that came, with all that the diaries hold.
pub(crate) fn inspect_deliveries(
    installation: &Installation,
    mailbox: &Mailbox,
    diaries: &[Diary],
) -> Findings {
    let mut findings = Findings::default();
    let changed = diaries.iter().filter_map(|diary| diary.user.as_ref());
    let users: Vec<&Value> = changed
        .chain(diaries.iter().flat_map(|diary| &diary.registered))
        .collect();
    let orders: Vec<&Value> = diaries.iter().flat_map(|diary| diary.orders.values()).collect();
    inspect_users(installation, &users, &mut findings);
    inspect_mails(installation, mailbox, &orders, &mut findings);
    for order in orders {
        let reference = text(&order["reference"]);
        // A mail that comes again comes before the next one is sent.
        let mut told = mailbox.steps(&reference);
        told.dedup();
        let expected = steps(order);
        if told != expected {
            findings.lost(format!(
                "of order {reference} found mails that it was {told:?}, expected {expected:?}"
            ));
        }
    }
    findings
}

/// Each version of a user was applied once, and the address book has the address that they have now.
fn inspect_users(installation: &Installation, users: &[&Value], findings: &mut Findings) {
    let positions = pairs(installation.rows(
        "ordering",
        "SELECT aggregate_id, position FROM consumer_positions WHERE consumer = 'ordering.users'",
    ));
    let addresses = pairs(installation.rows("notifications", "SELECT user_id, email FROM addresses"));
    for user in users {
        let id = text(&user["id"]);
        let position = positions.get(&id);
        if position != Some(&user["version"].to_string()) {
            findings.lost(format!(
                "the customers have come to version {position:?} of {user}"
            ));
        }
        let address = addresses.get(&id);
        if json!(address) != user["email"] {
            findings.lost(format!("the address book has {address:?} for {user}"));
        }
    }
}

/// The list of mails has one line for each event that leads to one; each of them came, to where the line says, and no other.
fn inspect_mails(installation: &Installation, mailbox: &Mailbox, orders: &[&Value], findings: &mut Findings) {
    let listed = installation.rows(
        "notifications",
        "SELECT order_id, kind, message_id, recipient FROM mails",
    );
    let mut expected: Vec<(String, String)> = orders
        .iter()
        .flat_map(|order| {
            steps(order)
                .into_iter()
                .map(|step| (text(&order["id"]), format!("order_{step}")))
        })
        .collect();
    let mut found: Vec<(String, String)> = listed
        .iter()
        .map(|line| (line[0].clone(), line[1].clone()))
        .collect();
    expected.sort();
    found.sort();
    if found != expected {
        findings.lost(format!(
            "the list of mails has {} lines, expected {}; the first that differ: {:?}",
            found.len(),
            expected.len(),
            found
                .iter()
                .zip(&expected)
                .find(|(found, expected)| found != expected)
        ));
    }
    let came: BTreeSet<(&str, &str)> = mailbox
        .mails()
        .map(|mail| (mail.id.as_str(), mail.recipient.as_str()))
        .collect();
    let ids: BTreeSet<&str> = listed.iter().map(|line| line[2].as_str()).collect();
    for line in &listed {
        if !came.contains(&(line[2].as_str(), line[3].as_str())) {
            findings.lost(format!("this mail is on the list and never came: {line:?}"));
        }
    }
    for (id, recipient) in came {
        if !ids.contains(id) {
            findings.lost(format!("mail {id} to {recipient} came and is not on the list"));
        }
    }
}

/// The mails that an order's customer must get, by the order's state.
fn steps(order: &Value) -> Vec<&'static str> {
    let mut steps = Vec::new();
    if !order["shipping_address"].is_null() {
        steps.push("confirmed");
    }
    match order["status"].as_str() {
        Some("shipped" | "delivered") => steps.push("shipped"),
        Some("cancelled") => steps.push("cancelled"),
        _ => {}
    }
    steps
}

fn pairs(rows: Vec<Vec<String>>) -> BTreeMap<String, String> {
    let pairs = rows.into_iter().map(|row| (row[0].clone(), row[1].clone()));
    pairs.collect()
}
