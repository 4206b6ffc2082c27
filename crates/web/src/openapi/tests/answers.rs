//! Each answer of the routes in the tests of this crate, against the schema that the contract gives it.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
};

use actix_web::{http::Method, test::TestRequest};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{contract, operations};
use crate::tests::shop::{Answered, Shop};

/// The contract's answer of an operation with this status.
fn response<'a>(contract: &'a Value, operation: &str, status: u16) -> &'a Value {
    resolved(
        contract,
        &operations(contract)[operation]["responses"][status.to_string()],
    )
}

/// The target of a reference, or the value itself.
pub(super) fn resolved<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => contract.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// The schema of an answer of this operation and status. Every object in it is closed, so that a field that is
/// not in the contract is found.
fn schema(contract: &Value, operation: &str, status: u16) -> Value {
    let response = response(contract, operation, status);
    let content = response["content"].as_object();
    let schema = content
        .and_then(|content| content.values().next())
        .map(|content| &content["schema"]);
    let mut schema = schema
        .cloned()
        .unwrap_or_else(|| panic!("{operation} has no schema for {status}"));
    schema["components"] = contract["components"].clone();
    close(&mut schema);
    schema
}

pub(super) fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            // Problems stay open: the facts of each are beside its fields.
            let all = fields.get("allOf").and_then(Value::as_array).cloned();
            // The common fields of problems stay open: the facts of each are beside them, and the whole is closed.
            let properties = fields.get("properties");
            let is_part = properties.is_some_and(|its| its.get("instance").is_some());
            if !is_part && (all.is_some() || fields.contains_key("properties")) {
                fields.insert("unevaluatedProperties".to_owned(), json!(false));
            }
            // The whole is closed, not each of its parts.
            let parts = fields.get_mut("allOf").and_then(Value::as_array_mut);
            for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
                part.remove("unevaluatedProperties");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

pub(super) fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

/// The contract, and what checks an answer of an operation and a status, made once each.
struct Checked {
    contract: Value,
    schemas: Mutex<BTreeMap<(String, u16), Arc<Validator>>>,
}

static CHECKED: LazyLock<Checked> = LazyLock::new(|| Checked {
    contract: contract(),
    schemas: Mutex::default(),
});

impl Checked {
    /// The operation that a request asks for, if the contract has it. Of two paths the one with fewer braces is meant.
    fn operation(&self, method: &Method, path: &str) -> Option<String> {
        let is_meant = |template: &&String| {
            let pairs = template.split('/').zip(path.split('/'));
            template.split('/').count() == path.split('/').count()
                && pairs
                    .into_iter()
                    .all(|(expected, found)| expected.starts_with('{') || expected == found)
        };
        let paths = self.contract["paths"].as_object().unwrap();
        let template = paths
            .keys()
            .filter(is_meant)
            .min_by_key(|path| path.matches('{').count())?;
        let named = paths[template].get(method.as_str().to_lowercase())?;
        named.is_object().then(|| format!("{method} {template}"))
    }

    fn validator(&self, operation: &str, status: u16) -> Arc<Validator> {
        let key = (operation.to_owned(), status);
        let mut schemas = self.schemas.lock().unwrap();
        let made = schemas.entry(key).or_insert_with(|| {
            let schema = schema(&self.contract, operation, status);
            Arc::new(validator(&schema))
        });
        Arc::clone(made)
    }
}

/// Asserts that an answer is as the contract says, if the contract has what was asked for. Each answer in the tests of this crate is
/// looked at.
#[track_caller]
pub(crate) fn assert_as_said(method: &Method, path: &str, answer: &Answered) {
    let Some(operation) = CHECKED.operation(method, path) else {
        return;
    };
    let status = answer.status.as_u16();
    let response = response(&CHECKED.contract, &operation, status);
    assert!(
        response.is_object(),
        "{operation} answered {status}, which the contract does not have"
    );
    let media_type = answer.header("content-type").unwrap_or_default();
    if media_type.ends_with("json") {
        let validator = CHECKED.validator(&operation, status);
        let errors: Vec<String> = validator
            .iter_errors(&answer.json())
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{operation} {status}: {errors:?}\n{answer:?}");
    } else if answer.text.is_empty() {
        assert_eq!(response["content"], Value::Null, "{operation} {status}");
    }
    let named: &Map<String, Value> = response["headers"].as_object().unwrap();
    for (name, _) in &answer.headers {
        let always = [
            "content-type",
            "cache-control",
            "x-content-type-options",
            "content-security-policy",
            "referrer-policy",
        ];
        let name = name.as_str();
        let found = named.keys().any(|named| named.eq_ignore_ascii_case(name));
        assert!(
            found || always.contains(&name),
            "{operation} {status}: header {name}"
        );
    }
}

#[actix_web::test]
async fn the_service_gives_the_contract() {
    let served = Shop::open().send(TestRequest::with_uri("/openapi.json")).await;
    assert_eq!(served.json(), contract());
}

#[test]
fn a_field_that_the_contract_does_not_name_is_found() {
    let schema = schema(&contract(), "GET /api/v1/users/me/sessions", 200);
    let session = json!({
        "id": "0197b2c4-0000-7000-8000-0000000000f1",
        "created_at": "2026-01-31T12:00:00Z",
        "last_used_at": "2026-01-31T12:00:00Z",
        "expires_at": "2026-03-02T12:00:00Z",
    });
    let mut with_more = session.clone();
    with_more["address"] = json!("192.0.2.1");
    let mut with_less = session.clone();
    with_less.as_object_mut().unwrap().remove("id");
    for (session, stands) in [(session, true), (with_more, false), (with_less, false)] {
        let list = json!({"data": [session], "next_cursor": null});
        assert_eq!(validator(&schema).is_valid(&list), stands, "{list}");
    }
}
