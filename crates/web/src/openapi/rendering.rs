//! A declaration, as an operation of OpenAPI.

use serde_json::{Map, Value, json};

use super::{Shared, problems};
use crate::{
    codes::{self, Code},
    endpoint::{Endpoint, Operation, Policy, Success},
};

/// A refusal with so many codes, or fewer, is likely to occur at several operations, and is one of the shared ones.
const MOST_SHARED_CODES: usize = 2;

/// The operation. What it shares with others is added to `shared`.
pub(super) fn operation(endpoint: &Endpoint, tag: &str, shared: &mut Shared) -> Value {
    let Endpoint { route, operation, .. } = endpoint;
    let mut rendered = json!({
        "tags": [tag],
        "operationId": operation.id,
        "summary": operation.summary,
        "description": format!("{} {}", operation.description, whom(route.policy)).trim_start(),
        "parameters": parameters(operation, shared),
        "responses": responses(endpoint, shared),
        "security": securities(route.policy),
        "x-policy": route.policy.name(),
    });
    if let Some(body) = &operation.body {
        let schema = (body.schema)(&mut shared.components);
        let content = json!({body.media_type: {"schema": schema}});
        rendered["requestBody"] = json!({"content": content, "required": body.required});
    }
    rendered
}

fn whom(policy: Policy) -> &'static str {
    match policy {
        Policy::Public => "For anybody.",
        Policy::Authenticated => "For anybody who is logged in, about themselves.",
        Policy::Owner => {
            "For anybody who is logged in, about what is theirs, and for staff about everything."
        }
        Policy::Staff => "For staff and admins.",
        Policy::Admin | Policy::Operator => "For admins.",
    }
}

/// Either kind of log-in is accepted. A bearer token's requirement names the least role, which is not a scope
/// that can be requested.
fn securities(policy: Policy) -> Value {
    match policy.least_role() {
        None => json!([]),
        Some(role) => json!([{"login": []}, {"token": [role.name()]}]),
    }
}

pub(super) fn security_schemes() -> Value {
    json!({
        "login": {
            "type": "oauth2",
            "description": "The e-mail address is the user name. No client is needed.",
            "flows": {"password": {
                "tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/token", "scopes": {},
            }},
        },
        "token": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token that was got before.",
        },
    })
}

fn parameters(operation: &Operation, shared: &mut Shared) -> Vec<Value> {
    let own = operation.parameters.iter().map(|parameter| {
        let mut rendered = json!({
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.required,
            "schema": (parameter.schema)(&mut shared.components),
        });
        if !parameter.description.is_empty() {
            rendered["description"] = parameter.description.into();
        }
        rendered
    });
    let headers = operation.headers.iter();
    let headers = headers.map(|name| json!({"$ref": format!("#/components/parameters/{name}")}));
    own.chain(headers).collect()
}

fn responses(endpoint: &Endpoint, shared: &mut Shared) -> Value {
    let operation = &endpoint.operation;
    let mut responses = Map::new();
    let success = success(&operation.success, shared);
    if operation.headers.contains(&"If-None-Match") {
        let headers = headers(&["Request-Id", "ETag"]);
        let not_modified = json!({"description": "It is still as `If-None-Match` says.", "headers": headers});
        responses.insert("304".to_owned(), not_modified);
    }
    if operation.headers.contains(&"Prefer") {
        let mut later = success.clone();
        later["description"] = "The same, as it is by now: what follows from it is still to come.".into();
        responses.insert("202".to_owned(), later);
    }
    responses.insert(operation.success.status.as_str().to_owned(), success);
    for (status, codes) in &operation.refusals {
        let mut refusal = refusal(endpoint, *status, codes, shared);
        if codes.len() <= MOST_SHARED_CODES {
            let names: Vec<&str> = codes.iter().map(|code| code.name).collect();
            let shape = if operation.in_oauth_shape {
                "_for_tokens"
            } else {
                ""
            };
            let name = names.join("_or_") + shape;
            let reference = json!({"$ref": format!("#/components/responses/{name}")});
            // The example is from the first one that has it.
            shared.responses.entry(name).or_insert(refusal);
            refusal = reference;
        }
        responses.insert(status.to_string(), refusal);
    }
    responses.into()
}

fn success(success: &Success, shared: &mut Shared) -> Value {
    let names: Vec<&str> = ["Request-Id"]
        .into_iter()
        .chain(success.headers.iter().copied())
        .collect();
    let mut response = json!({"description": success.description, "headers": headers(&names)});
    let schema = match success.list {
        None => (success.schema)(&mut shared.components),
        Some((name, about)) => shared.components.named(name, |components| {
            let mut list = (success.schema)(components);
            list["description"] = about.into();
            list["properties"]["next_cursor"]["description"] = if success.headers.contains(&"Link") {
                "Gets the next page, as `cursor`; null when this is the last one.".into()
            } else {
                "This list is never longer than one page.".into()
            };
            list
        }),
    };
    if !schema.is_null() {
        response["content"] = json!({success.media_type: {"schema": schema}});
    }
    response
}

fn refusal(endpoint: &Endpoint, status: u16, codes: &[&'static Code], shared: &mut Shared) -> Value {
    let mut names = vec!["Request-Id"];
    let in_use = codes
        .iter()
        .any(|code| code.name == codes::IDEMPOTENCY_KEY_IN_USE.name);
    match status {
        401 => names.push("WWW-Authenticate"),
        429 | 503 => names.push("Retry-After"),
        409 if in_use => names.push("Retry-After"),
        _ => {}
    }
    let description: Vec<String> = codes.iter().map(|code| format!("`{}`", code.name)).collect();
    let content = if endpoint.operation.in_oauth_shape {
        json!({"application/json": {"schema": problems::token_problem(&mut shared.components)}})
    } else {
        let examples = codes
            .iter()
            .map(|code| (code.name.to_owned(), problems::example(code, endpoint)));
        let examples: Map<String, Value> = examples.collect();
        json!({"application/problem+json": {
            "schema": problems::one_of(codes, &mut shared.components),
            "examples": examples,
        }})
    };
    json!({"description": description.join(", "), "headers": headers(&names), "content": content})
}

fn headers(names: &[&str]) -> Value {
    let references = names.iter().map(|name| {
        let reference = json!({"$ref": format!("#/components/headers/{name}")});
        ((*name).to_owned(), reference)
    });
    references.collect::<Map<String, Value>>().into()
}
