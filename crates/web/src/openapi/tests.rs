//! The contract against the route table, against answers, against the rules, and against its committed copy.

pub(crate) mod answers;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{OpenApiVersion, openapi_json};
use crate::{codes, endpoint::Endpoint, routes, tests::generated};

fn contract() -> Value {
    serde_json::from_str(&openapi_json(OpenApiVersion::V3_1).unwrap()).unwrap()
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

/// The endpoints that the contract describes.
fn described() -> Vec<Endpoint> {
    let endpoints = routes::table().into_iter().flat_map(|group| group.endpoints);
    endpoints.filter(|endpoint| !endpoint.route.is_page()).collect()
}

#[test]
fn every_endpoint_has_an_id_of_its_own_a_sentence_and_an_answer() {
    let mut ids = BTreeSet::new();
    for endpoint in described() {
        let (route, operation) = (endpoint.route, endpoint.operation);
        assert!(ids.insert(operation.id), "{}", route.path);
        for text in [operation.id, operation.summary, operation.success.description] {
            assert!(!text.is_empty(), "{} {}", route.method, route.path);
        }
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

#[test]
fn every_example_of_a_problem_is_one_of_those_that_the_operation_refuses_with() {
    let contract = contract();
    let mut checked = 0;
    for (name, operation) in operations(&contract) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = answers::resolved(&contract, response);
            let content = &response["content"]["application/problem+json"];
            let Some(examples) = content["examples"].as_object() else {
                continue;
            };
            let mut schema = content["schema"].clone();
            schema["components"] = contract["components"].clone();
            answers::close(&mut schema);
            let validator = answers::validator(&schema);
            for (code, example) in examples {
                let example = &example["value"];
                let errors: Vec<String> = validator
                    .iter_errors(example)
                    .map(|error| error.to_string())
                    .collect();
                assert!(errors.is_empty(), "{name} {status} {code}: {errors:?}");
                assert_eq!(example["code"], *code);
                checked += 1;
            }
        }
    }
    assert!(checked > 400, "{checked}");
}

#[test]
fn every_code_that_there_is_stands_at_some_endpoint() {
    let mut used = BTreeSet::new();
    for endpoint in described() {
        used.extend(
            endpoint
                .operation
                .refusals
                .into_values()
                .flatten()
                .map(|code| code.name),
        );
    }
    // First answers to requests that reach no operation; then rules that no route reaches, and the refusals of pages.
    let of_no_operation = [
        "route_not_found",
        "method_not_allowed",
        "unknown_line",
        "stock_out_of_step",
        "customer_missing",
        "forged_form",
        "ops_file_not_found",
    ];
    let all = [codes::FOUND_BY_WEB, codes::NOT_THERE, codes::REFUSED].concat();
    let missing = all
        .iter()
        .map(|code| code.name)
        .filter(|code| !used.contains(code));
    assert_eq!(BTreeSet::from_iter(missing), BTreeSet::from(of_no_operation));
}

#[test]
fn the_committed_contract_is_the_generated_one() {
    let path = "docs/openapi.json";
    generated::assert_written(
        path,
        &generated::committed(path),
        &openapi_json(OpenApiVersion::V3_1).unwrap(),
    );
}

#[test]
fn the_contract_in_3_0_has_every_operation_and_nothing_that_3_0_does_not_know() {
    fn unknown<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        match value {
            Value::Object(fields) => {
                let null = fields
                    .get("type")
                    .is_some_and(|kind| kind.is_array() || kind == "null");
                let beside = fields.contains_key("$ref") && fields.len() > 1;
                if null || beside {
                    found.push(value);
                }
                fields.values().for_each(|value| unknown(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| unknown(item, found)),
            _ => {}
        }
    }
    let text = openapi_json(OpenApiVersion::V3_0).unwrap();
    let older: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(older["openapi"], "3.0.3");
    let mut found = Vec::new();
    unknown(&older, &mut found);
    assert!(found.is_empty(), "{found:?}");
    let contract = contract();
    assert!(operations(&older).keys().eq(operations(&contract).keys()));
    let order = &older["components"]["schemas"]["Order"]["properties"];
    assert_eq!(order["shipment"]["nullable"], true);
    assert_eq!(
        order["shipment"]["allOf"][0]["$ref"],
        "#/components/schemas/Shipment"
    );
    assert!(text.matches("\"nullable\": true").count() > 20);
}
