//! The contract: every endpoint as OpenAPI 3.1, for `/openapi.json`, for the page at `/docs`, and for `docs/openapi.json`.
//!
//! It is made from the declarations beside the handlers; here is only how they are rendered, and what several share. Tests
//! compare it with answers and with the list of business rules; schemathesis compares it with the running server.
//!
//! Deliberately not here: anything that a request to another route passes through.

mod headers;
mod problems;
mod rendering;
mod versions;

#[cfg(test)]
pub(crate) mod tests;

pub use versions::OpenApiVersion;

use std::{collections::BTreeMap, sync::OnceLock};

use schema::Components;
use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Handled},
    endpoint::{Endpoint, GET, public},
    problem::Problem,
    request::Request,
    routes,
};

const DESCRIPTION: &str = "\
Orders from being placed to being delivered. Log in with the button **Authorize**, after making an account with \
`POST /api/v1/users`.

Errors are RFC 9457 problem details; decide by `code`, and expect further fields with the facts. Money is an object \
with its amount as a text. Fields and parameters that are not named here are refused, except at the token \
endpoints, as RFC 6749 demands.

Any request may carry `Request-Id`, 1 to 128 visible ASCII characters by which it is to be found again, and a W3C \
`traceparent`; no operation lists them.

Beyond what stands at each operation: `route_not_found` (404) at a path that is not here, and `method_not_allowed` \
(405, with `Allow`) for a method that a path does not have. `HEAD` is answered wherever `GET` is.";

pub(crate) fn get_contract() -> Endpoint {
    public(GET, "/openapi.json", contract)
        .named("getContract", "This document")
        .by_the_process()
        .answering_as(contract_schema, "The API, as OpenAPI 3.1.")
}

fn contract_schema(components: &mut Components) -> Value {
    components.named("Contract", |_| {
        json!({
            "type": "object",
            "description": "This document.",
            "required": ["openapi", "info", "servers", "paths", "components", "tags"],
            "properties": {
                "openapi": {"type": "string", "pattern": r"^3\.1\.[0-9]+$", "example": "3.1.0"},
                "info": {"type": "object"},
                "servers": {"type": "array", "items": {"type": "object"}},
                "paths": {"type": "object"},
                "components": {"type": "object"},
                "tags": {"type": "array", "items": {"type": "object"}},
            },
        })
    })
}

async fn contract(_: Request) -> Handled {
    static TEXT: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let text = TEXT.get_or_init(|| serde_json::to_vec(&document()).ok());
    let text = text.as_deref();
    let text = text.ok_or_else(|| Problem::internal_error("the contract has no JSON form"))?;
    Ok(Answer::content("application/json", text))
}

/// The contract, formatted for people: JSON with line breaks.
///
/// # Errors
/// None is expected: everything in it has a JSON form.
pub fn openapi_json(version: OpenApiVersion) -> Result<String, serde_json::Error> {
    let document = match version {
        OpenApiVersion::V3_0 => versions::in_3_0(document()),
        OpenApiVersion::V3_1 => document(),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn document() -> Value {
    let mut shared = Shared::default();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags = Vec::new();
    for group in routes::table() {
        let described = group
            .endpoints
            .into_iter()
            .filter(|endpoint| !endpoint.route.is_page());
        let described: Vec<Endpoint> = described.collect();
        if !described.is_empty() {
            tags.push(json!({"name": group.name, "description": group.about}));
        }
        for endpoint in described {
            let method = endpoint.route.method.as_str().to_lowercase();
            let operation = rendering::operation(&endpoint, group.name, &mut shared);
            paths
                .entry(endpoint.route.path)
                .or_default()
                .insert(method, operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Orderly",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/", "description": "The server that this document is from."}],
        "paths": paths,
        "components": {
            "schemas": shared.components.into_schemas(),
            "responses": shared.responses,
            "parameters": headers::of_requests(),
            "headers": headers::of_answers(),
            "securitySchemes": rendering::security_schemes(),
        },
        "tags": tags,
    })
}

/// The parts that are written once, and referred to.
#[derive(Default)]
struct Shared {
    components: Components,
    responses: BTreeMap<String, Value>,
}
