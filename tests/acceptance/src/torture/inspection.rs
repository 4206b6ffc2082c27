//! The check after the restart: everything as in the diaries, or exactly as the one unknown command makes it.
//!
//! What is found goes into the diaries, so that the next round begins without unknowns.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    command::Command,
    diary::Diary,
    model::{self, differences},
    report::Findings,
    shop::Shop,
};
use crate::answer::text;

/// Compares all that the diaries hold; logs every user in.
pub(crate) async fn inspect(shop: &mut Shop, diaries: &mut [Diary]) -> Findings {
    let mut findings = Findings::default();
    for diary in diaries.iter_mut() {
        inspect_user(shop, diary, &mut findings).await;
        inspect_registrations(shop, diary, &mut findings).await;
    }
    for (customer, token) in shop.customers.clone().iter().enumerate() {
        let listed = shop.orders(token).await;
        let mut found: BTreeMap<String, Value> = listed
            .into_iter()
            .map(|order| (text(&order["id"]), order))
            .collect();
        let mut theirs: Vec<&mut Diary> = diaries
            .iter_mut()
            .filter(|diary| diary.customer == customer)
            .collect();
        for diary in &mut theirs {
            inspect_orders(shop, token, diary, &mut found, &mut findings).await;
        }
        for (_, order) in found {
            inspect_unheard_of(&mut theirs, order, &mut findings);
        }
    }
    for diary in diaries {
        if diary.unknown.take().is_some() {
            // The client that recorded it has removed it.
            findings.unknown_without_effect += 1;
        }
        diary.touched.clear();
    }
    findings
}

/// Every user is a customer with the address that they have now, and an open one as long as they are active.
pub(crate) async fn inspect_customers(shop: &Shop, diaries: &[Diary]) -> Findings {
    let mut findings = Findings::default();
    let changed = diaries.iter().filter_map(|diary| diary.user.as_ref());
    for user in changed.chain(diaries.iter().flat_map(|diary| &diary.registered)) {
        let answer = shop
            .get(&shop.admin, &format!("/customers/{}", text(&user["id"])))
            .await;
        let mut customer = answer.json();
        // A new address that was chosen before the customer existed may, or may not, have made a version of its own.
        let version = customer["version"].take();
        let expected = json!({
            "id": user["id"],
            "email": user["email"],
            "tier": "standard",
            "status": if user["active"] == true { "open" } else { "closed" },
            "version": null,
        });
        if answer.status != 200 || version == json!(0) || customer != expected {
            findings.lost(format!(
                "customer of {user}: found {} {}",
                answer.status, answer.text
            ));
        }
    }
    findings
}

/// The user that this client changes, who logs in with the address that they last had.
async fn inspect_user(shop: &mut Shop, diary: &mut Diary, findings: &mut Findings) {
    let Some(known) = diary.user.clone() else { return };
    let unknown = match &diary.unknown {
        Some(command @ Command::ChangeEmail { email }) => Some((command.clone(), email.clone())),
        _ => None,
    };
    let mut token = shop.log_in(&text(&known["email"])).await;
    if let (None, Some((_, email))) = (&token, &unknown) {
        token = shop.log_in(email).await;
    }
    let Some(token) = token else {
        findings.lost(format!("nobody can log in as {known}"));
        return;
    };
    let found = shop.get(&token, "/users/me").await.expecting(200);
    shop.customers[diary.customer] = token;
    match unknown {
        _ if found == known => {}
        Some((command, email)) if differences(&model::with_email(&known, &email), &found).is_empty() => {
            findings.unknown_with_effect += 1;
            diary.keep(&command, found);
            diary.unknown = None;
        }
        _ => findings.lost(format!("a user was answered as {known}, and is {found}")),
    }
}

/// The users that this client registered, each of whom is there once and can log in while they are active.
async fn inspect_registrations(shop: &Shop, diary: &mut Diary, findings: &mut Findings) {
    for known in diary.registered.clone() {
        let email = text(&known["email"]);
        let found = shop.users_with(&email).await;
        let deactivated = diary
            .unknown
            .clone()
            .filter(|command| matches!(command, Command::Deactivate { user_id } if known["id"] == **user_id))
            .and_then(|command| Some((diary.foretold(&command)?, command)));
        match (found.as_slice(), deactivated) {
            ([found], _) if *found == known => {}
            ([found], Some((after, command))) if *found == after => {
                findings.unknown_with_effect += 1;
                diary.keep(&command, after);
                diary.unknown = None;
                continue;
            }
            _ => findings.lost(format!(
                "a user was answered as {known}, and those with this address are {found:?}"
            )),
        }
        if known["active"] == true && shop.log_in(&email).await.is_none() {
            findings.lost(format!("nobody can log in as {known}"));
        }
    }
    let Some(command) = diary.unknown.clone() else {
        return;
    };
    let Command::Register { email } = &command else {
        return;
    };
    // A taken address cannot have been registered again; that was checked above.
    let Some(foretold) = diary.foretold(&command) else {
        return;
    };
    for found in shop.users_with(email).await {
        let differences = differences(&foretold, &found);
        if !differences.is_empty() || shop.log_in(email).await.is_none() {
            findings.lost(format!(
                "{command:?} was done by half: {}",
                differences.join("; ")
            ));
        }
        findings.unknown_with_effect += 1;
        diary.keep(&command, found);
        diary.unknown = None;
    }
}

/// The orders in one diary; takes them out of those found.
async fn inspect_orders(
    shop: &Shop,
    token: &str,
    diary: &mut Diary,
    found: &mut BTreeMap<String, Value>,
    findings: &mut Findings,
) {
    for id in diary.orders.keys().cloned().collect::<Vec<_>>() {
        let known = diary.orders[&id].clone();
        findings.compared += 1;
        let Some(found) = found.remove(&id) else {
            findings.lost(format!("an order was answered as {known}, and is not there"));
            continue;
        };
        if diary.touched.contains(&id) || diary.unknown_step(&id).is_some() {
            let one = shop.get(token, &format!("/orders/{id}")).await.json();
            if one != found {
                findings.lost(format!("an order is listed as {found}, and alone it is {one}"));
            }
        }
        let after = diary
            .unknown_step(&id)
            .and_then(|step| model::changed(&known, step));
        if found == known {
            continue;
        }
        if differences(&model::settled(&known), &found).is_empty() {
            diary.record_result(&id, found);
            continue;
        }
        match (diary.unknown.take(), after) {
            (Some(command), Some(after)) if model::is_or_has_settled(&after, &found) => {
                findings.unknown_with_effect += 1;
                diary.keep(&command, found);
            }
            (unknown, _) => {
                findings.lost(format!(
                    "an order was answered as {known}, and is {found}; unknown: {unknown:?}"
                ));
                diary.unknown = unknown;
            }
        }
    }
}

/// An order in no diary has to be what one unknown command placed.
fn inspect_unheard_of(diaries: &mut [&mut Diary], order: Value, findings: &mut Findings) {
    for diary in diaries {
        let Some(command @ Command::Place { .. }) = diary.unknown.clone() else {
            continue;
        };
        let placed = diary.foretold(&command);
        if placed.is_some_and(|placed| differences(&placed, &order).is_empty()) {
            findings.unknown_with_effect += 1;
            diary.keep(&command, order);
            diary.unknown = None;
            return;
        }
    }
    findings.lost(format!(
        "nobody was told of {order}, and nobody may have placed it"
    ));
}
