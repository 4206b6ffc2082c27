//! The contract against the route table, against answers, against the rules, and against its committed copy.

mod answers;
mod ops_answers;
mod product_answers;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use actix_web::http::StatusCode;
use serde_json::Value;

use super::{groups, openapi_json};
use crate::{ProblemCode, routes};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");

fn contract() -> Value {
    serde_json::from_str(&openapi_json().unwrap()).unwrap()
}

/// Every operation of the contract, by method and path.
fn operations(contract: &Value) -> BTreeMap<String, &Value> {
    let mut operations = BTreeMap::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.insert(format!("{} {path}", method.to_uppercase()), operation);
        }
    }
    operations
}

#[test]
fn the_contract_has_the_routes_of_the_table_and_no_others() {
    let table: BTreeSet<String> = routes()
        .iter()
        .filter(|route| !route.is_page())
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let contract = contract();
    let rendered: BTreeSet<String> = operations(&contract).into_keys().collect();
    assert_eq!(rendered, table);
    let described: Vec<String> = groups()
        .iter()
        .flat_map(|(_, _, operations)| operations)
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect();
    assert_eq!(
        described.len(),
        table.len(),
        "described, but no route: {described:?}"
    );
}

#[test]
fn the_contract_says_of_each_route_who_may() {
    let contract = contract();
    let operations = operations(&contract);
    for route in routes().into_iter().filter(|route| !route.is_page()) {
        let operation = operations[&format!("{} {}", route.method, route.path)];
        let needed = operation["security"][1]["token"][0].as_str();
        let least = route.policy.least_role().map(|role| role.name());
        assert_eq!(needed, least, "{}", route.path);
        assert_eq!(
            operation["security"].as_array().map(Vec::is_empty),
            Some(least.is_none())
        );
        assert_eq!(
            operation["responses"].get("401").is_some(),
            least.is_some(),
            "{}",
            route.path
        );
    }
}

#[test]
fn every_reference_in_the_contract_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
                Some(reference) if name == "$ref" => found.push(reference),
                _ => references(value, found),
            }),
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let contract = contract();
    let mut found = Vec::new();
    references(&contract, &mut found);
    assert!(found.len() > 100);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(contract.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_example_is_one() {
    let contract = contract();
    let mut checked = 0;
    for (name, schema) in contract["components"]["schemas"].as_object().unwrap() {
        let Some(example) = schema.get("example") else {
            continue;
        };
        let mut schema = schema.clone();
        schema["components"] = contract["components"].clone();
        let errors: Vec<String> = answers::validator(&schema)
            .iter_errors(example)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}

/// The rules' codes with their statuses, out of the list that another test holds against the rules.
fn codes_of_rules() -> BTreeMap<String, u16> {
    let list = fs::read_to_string(format!("{DOCS}/BUSINESS_RULES.md")).unwrap();
    let mut codes = BTreeMap::new();
    for row in list.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let status = match cells[3] {
            "value" => 422,
            "state" => 409,
            _ => continue,
        };
        let names = cells[2].split(", ").map(|code| code.trim_matches('`').to_owned());
        codes.extend(names.map(|code| (code, status)));
    }
    codes
}

/// Refusals that neither web nor a rule of the list brings, but the use cases themselves or the kernel's money.
const OF_USE_CASES: [(&str, u16); 15] = [
    ("invalid_sku", 422),
    ("sku_already_listed", 409),
    ("product_delisted", 409),
    ("unknown_tier", 422),
    ("ordering_for_somebody_else", 422),
    ("idempotency_key_reused", 422),
    ("unknown_status", 422),
    ("invalid_reference", 422),
    ("money_out_of_range", 422),
    ("reason_missing", 422),
    ("reason_too_long", 422),
    ("reason_not_printable", 422),
    ("delivery_not_dead", 409),
    ("consumer_already_paused", 409),
    ("consumer_not_paused", 409),
];

#[test]
fn every_code_stands_under_its_status_and_every_code_that_there_is_stands_somewhere() {
    let mut known = codes_of_rules();
    assert!(known.len() > 20, "{known:?}");
    known.extend(OF_USE_CASES.map(|(code, status)| (code.to_owned(), status)));
    known.extend(
        ProblemCode::ALL
            .iter()
            .map(|code| (code.name().to_owned(), code.status().as_u16())),
    );
    let mut used = BTreeSet::new();
    for operation in groups().into_iter().flat_map(|(_, _, operations)| operations) {
        for (status, codes) in operation.refusals {
            assert!(StatusCode::from_u16(status).unwrap().is_client_error() || status >= 500);
            for code in codes {
                let absent = code.ends_with("_not_found").then_some(404);
                let expected = absent.or_else(|| known.get(&code).copied());
                assert_eq!(Some(status), expected, "{code} at {}", operation.path);
                used.insert(code);
            }
        }
    }
    // A policy brings these; no operation has to name them.
    let by_policy = ["missing_token", "invalid_token"];
    // These are answers to requests that reach no operation; then rules that no route reaches, and a page's refusal.
    let of_no_operation = [
        "route_not_found",
        "method_not_allowed",
        "unknown_line",
        "stock_out_of_step",
        "forged_form",
    ];
    let missing: Vec<&String> = known
        .keys()
        .filter(|code| !used.contains(*code))
        .filter(|code| !by_policy.contains(&code.as_str()) && !of_no_operation.contains(&code.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_committed_contract_is_the_generated_one() {
    let committed = fs::read_to_string(format!("{DOCS}/openapi.json")).unwrap_or_default();
    assert!(
        committed == openapi_json().unwrap(),
        "docs/openapi.json is not what `orderly openapi` prints; write it anew with: \
         cargo run --package orderly -- openapi > docs/openapi.json"
    );
}
