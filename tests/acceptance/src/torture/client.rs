//! One of the clients: sends one made-up command after the other, until the server is gone.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{sync::watch, time::timeout};

use super::{
    command::{Command, Line, Step},
    diary::Diary,
    load::Told,
    random::Random,
    shop::Shop,
};
use crate::{Answer, answer::text};

/// Sends commands until one is not answered, or the client is stopped; every 2xx and every 503 is counted.
pub(crate) async fn work(
    shop: Arc<Shop>,
    mut diary: Diary,
    mut random: Random,
    told: Arc<watch::Sender<Told>>,
    mut stopped: watch::Receiver<bool>,
) -> Diary {
    while !*stopped.borrow() {
        let command = made_up(&mut diary, &mut random);
        diary.unknown = Some(command.clone());
        let Ok(answer) = shop.send(&command, diary.customer).await else {
            return diary;
        };
        diary.unknown = None;
        diary.note(&command, &answer);
        match answer.status {
            200..300 => told.send_modify(|told| told.acknowledged += 1),
            503 => {
                told.send_modify(|told| told.unavailable += 1);
                // After the time to retry, or when it is stopped.
                let _ = timeout(wait_after(&answer), stopped.wait_for(|stopped| *stopped)).await;
            }
            _ => {}
        }
    }
    diary
}

fn wait_after(unavailable: &Answer) -> Duration {
    let seconds = unavailable
        .header("retry-after")
        .and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

fn made_up(diary: &mut Diary, random: &mut Random) -> Command {
    diary.serial += 1;
    let email = format!("client{}.{}@example.com", diary.client, diary.serial);
    // Until inventory has answered, an order may change at any time.
    let in_work: Vec<&Value> = diary
        .orders
        .values()
        .filter(|order| !matches!(order["status"].as_str(), Some("delivered" | "cancelled")))
        .filter(|order| order["status"] != "confirmed" || order["allocation"] == "reserved")
        .collect();
    match (random.below(100), random.one_of(&in_work)) {
        (0, _) => match diary.registered.first() {
            Some(user) => Command::Register {
                email: text(&user["email"]),
            },
            None => Command::Register { email },
        },
        (1..3, _) => Command::Register { email },
        (3..5, _) if !diary.registered.is_empty() => Command::Deactivate {
            user_id: random
                .one_of(&diary.registered)
                .map(|user| text(&user["id"]))
                .unwrap_or_default(),
        },
        (3..8, _) if diary.user.is_some() => Command::ChangeEmail { email },
        (8..20, _) if let Some(user_id) = an_active_one(&diary.registered) => Command::Deactivate { user_id },
        (8..80, Some(order)) => Command::Change {
            order_id: text(&order["id"]),
            step: step(diary, order, random),
        },
        _ => Command::Place {
            customer_id: diary.customer_id.clone(),
            lines: lines(diary, random),
        },
    }
}

/// The id of a user who was not deactivated yet.
fn an_active_one(users: &[Value]) -> Option<String> {
    let mut users = users.iter();
    users
        .find(|user| user["active"] == true)
        .map(|user| text(&user["id"]))
}

/// None to three lines; one order in ten is a cent too expensive, and must not be stored.
fn lines(diary: &Diary, random: &mut Random) -> Vec<Line> {
    if random.below(10) == 0 {
        return vec![Line {
            product_id: diary.product_id.clone(),
            product_name: name(diary),
            quantity: 1,
            cents: 10_000 * 100 + 1,
        }];
    }
    (0..random.below(4)).map(|_| line(diary, random)).collect()
}

fn line(diary: &Diary, random: &mut Random) -> Line {
    Line {
        product_id: diary.product_id.clone(),
        product_name: name(diary),
        quantity: 1 + random.below(5),
        cents: random.below(10_000),
    }
}

fn name(diary: &Diary) -> String {
    format!("client {} command {}", diary.client, diary.serial)
}

/// A step for an order in this state; now and then one that has to be refused.
fn step(diary: &Diary, order: &Value, random: &mut Random) -> Step {
    let no_lines = Vec::new();
    let lines = order["lines"].as_array().unwrap_or(&no_lines);
    let line_id = random.one_of(lines).map(|line| text(&line["id"]));
    let ship = || Step::Ship {
        tracking_number: name(diary),
    };
    let cancel = || Step::Cancel { reason: name(diary) };
    match (order["status"].as_str(), random.below(100), line_id) {
        (Some("pending"), 0..15, Some(line_id)) => Step::ChangeQuantity {
            line_id,
            quantity: 1 + random.below(9),
        },
        (Some("pending"), 15..30, Some(line_id)) => Step::RemoveLine { line_id },
        // Refused when there are no lines yet.
        (Some("pending"), 30..60, _) => Step::Confirm,
        (Some("pending"), 60..67, _) => cancel(),
        (Some("pending"), 67..70, _) => ship(),
        (Some("confirmed"), 0..70, _) => ship(),
        (Some("confirmed"), 70..85, _) => cancel(),
        (Some("shipped"), 0..85, _) => Step::Deliver,
        (Some("shipped"), _, _) => cancel(),
        // Refused for all but pending orders.
        _ => Step::AddLine(line(diary, random)),
    }
}
