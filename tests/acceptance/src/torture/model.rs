//! The result of each command on an order or a user: the product once more, in the smallest form.
//!
//! Every 2xx answer is compared with it, so that it is known to be right by the time a kill needs it.

use serde_json::{Value, json};

use super::command::{CARRIER, Line, Step, address, money};

/// A placeholder for values that a client cannot predict: ids, times, references.
const ANYTHING: &str = "(anything)";
const MOST_CENTS: u64 = 10_000 * 100;
const MOST_LINES: usize = 50;

/// The user after registering.
pub(crate) fn registered(email: &str) -> Value {
    json!({
        "id": ANYTHING,
        "email": email,
        "role": "customer",
        "active": true,
        "created_at": ANYTHING,
        "version": 1,
    })
}

/// The user with a new address.
pub(crate) fn with_email(user: &Value, email: &str) -> Value {
    let mut user = user.clone();
    user["email"] = json!(email);
    user["version"] = json!(user["version"].as_u64().unwrap() + 1);
    user
}

/// The user after an admin has deactivated them; nothing, if they are already.
pub(crate) fn deactivated(user: &Value) -> Option<Value> {
    let mut after = user.clone();
    after["active"] = json!(false);
    after["version"] = json!(user["version"].as_u64().unwrap() + 1);
    (user["active"] == true).then_some(after)
}

/// The order after placing; nothing, if that is refused.
pub(crate) fn placed(customer_id: &str, lines: &[Line]) -> Option<Value> {
    let order = json!({
        "id": ANYTHING,
        "reference": ANYTHING,
        "customer_id": customer_id,
        "status": "pending",
        "allocation": "none",
        "currency": "USD",
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
        "total": null,
        "shipping_address": null,
        "cancellation": null,
        "shipment": null,
        "placed_at": ANYTHING,
        "updated_at": ANYTHING,
        "version": 1,
        "allowed_actions": ANYTHING,
    });
    within_limits(order)
}

/// The order after this step; nothing, if that is refused.
pub(crate) fn changed(order: &Value, step: &Step) -> Option<Value> {
    let status = order["status"].as_str().unwrap();
    let mut order = order.clone();
    match (step, status) {
        (Step::AddLine(added), "pending") => lines_of(&mut order).push(line(added)),
        (Step::ChangeQuantity { line_id, quantity }, "pending") => {
            let changed = lines_of(&mut order)
                .iter_mut()
                .find(|line| line["id"] == **line_id)?;
            changed["total"] = money(cents(&changed["unit_price"]) * quantity);
            changed["quantity"] = json!(quantity);
        }
        (Step::RemoveLine { line_id }, "pending") => {
            lines_of(&mut order).retain(|line| line["id"] != **line_id)
        }
        (Step::Confirm, "pending") if !lines_of(&mut order).is_empty() => {
            order["status"] = json!("confirmed");
            order["allocation"] = json!("requested");
            order["shipping_address"] = address();
        }
        (Step::Cancel { reason }, "pending" | "confirmed") => {
            order["status"] = json!("cancelled");
            order["cancellation"] = json!({"code": "on_request", "reason": reason, "shortages": []});
        }
        (Step::Ship { tracking_number }, "confirmed") if order["allocation"] == "reserved" => {
            order["status"] = json!("shipped");
            order["shipment"] = json!({"carrier": CARRIER, "tracking_number": tracking_number});
        }
        (Step::Deliver, "shipped") => order["status"] = json!("delivered"),
        _ => return None,
    }
    order["version"] = json!(order["version"].as_u64().unwrap() + 1);
    order["updated_at"] = json!(ANYTHING);
    order["allowed_actions"] = json!(ANYTHING);
    within_limits(order)
}

/// The order once inventory has answered; there is always enough stock.
pub(crate) fn settled(order: &Value) -> Value {
    let mut order = order.clone();
    let spoken = match (order["status"].as_str(), order["allocation"].as_str()) {
        (Some("confirmed"), Some("requested")) => Some("reserved"),
        (Some("cancelled"), Some("reserved")) => Some("released"),
        _ => None,
    };
    if let Some(spoken) = spoken {
        order["allocation"] = json!(spoken);
        order["version"] = json!(order["version"].as_u64().unwrap() + 1);
        order["updated_at"] = json!(ANYTHING);
        order["allowed_actions"] = json!(ANYTHING);
    }
    order
}

/// Whether this is the order as it was expected, or as it becomes when inventory has answered.
pub(crate) fn is_or_has_settled(expected: &Value, found: &Value) -> bool {
    differences(expected, found).is_empty() || differences(&settled(expected), found).is_empty()
}

/// Where what was found is not as expected; empty, if it is.
pub(crate) fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare("", expected, found, &mut differences);
    differences
}

fn compare(pointer: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::String(anything), found) if anything == ANYTHING && !found.is_null() => {}
        (Value::Object(expected), Value::Object(found)) if expected.keys().eq(found.keys()) => {
            for (name, expected) in expected {
                compare(&format!("{pointer}/{name}"), expected, &found[name], differences);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{pointer}/{place}"), expected, found, differences);
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => differences.push(format!("{pointer}: found {found}, expected {expected}")),
    }
}

fn line(line: &Line) -> Value {
    let mut body = line.body();
    body["id"] = json!(ANYTHING);
    body["total"] = money(line.cents * line.quantity);
    body
}

fn lines_of(order: &mut Value) -> &mut Vec<Value> {
    order["lines"].as_array_mut().unwrap()
}

fn within_limits(mut order: Value) -> Option<Value> {
    let total = lines_of(&mut order)
        .iter()
        .map(|line| cents(&line["total"]))
        .sum();
    order["total"] = money(total);
    (total <= MOST_CENTS && lines_of(&mut order).len() <= MOST_LINES).then_some(order)
}

fn cents(money: &Value) -> u64 {
    money["amount"]
        .as_str()
        .unwrap()
        .replace('.', "")
        .parse()
        .unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_found_wherever_it_is() {
        let expected = json!({"id": ANYTHING, "lines": [{"quantity": 1}], "total": {"amount": "1.00"}});
        let found = json!({"id": "7", "lines": [{"quantity": 1}], "total": {"amount": "1.00"}});
        assert_eq!(differences(&expected, &found), Vec::<String>::new());
        for (pointer, planted) in [("/lines/0/quantity", json!(2)), ("/total/amount", json!("1.01"))] {
            let mut wrong = found.clone();
            *wrong.pointer_mut(pointer).unwrap() = planted;
            let differences = differences(&expected, &wrong);
            assert!(
                differences.len() == 1 && differences[0].starts_with(pointer),
                "{differences:?}"
            );
        }
        let missing = json!({"id": "7", "lines": [{"quantity": 1}]});
        assert_eq!(differences(&expected, &missing).len(), 1);
    }
}
