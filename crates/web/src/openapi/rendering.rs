//! An operation and its route's policy, as OpenAPI.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use utoipa::openapi::{
    AllOfBuilder, ContentBuilder, HttpMethod, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder,
    Schema, SecurityRequirement,
    example::{Example, ExampleBuilder},
    extensions::ExtensionsBuilder,
    path::{Operation as Rendered, OperationBuilder},
    request_body::RequestBodyBuilder,
};

use super::{
    operation::{Body, Operation, Success},
    parts::{schema_of, text},
    problems::{Problem as ProblemSchema, TokenProblem},
};
use crate::{Policy, ProblemCode, RouteDescription, problem::Problem};

/// The name under which the log-in with a password stands.
pub(super) const LOGIN: &str = "login";
/// The name under which a bearer token from elsewhere stands.
pub(super) const TOKEN: &str = "token";

/// The method, as the document spells it. The table has no others.
pub(super) fn method(method: &Method) -> Option<HttpMethod> {
    match method.as_str() {
        "GET" => Some(HttpMethod::Get),
        "POST" => Some(HttpMethod::Post),
        "PUT" => Some(HttpMethod::Put),
        "PATCH" => Some(HttpMethod::Patch),
        "DELETE" => Some(HttpMethod::Delete),
        _ => None,
    }
}

/// A refusal with so many codes, or fewer, is likely to be several operations', and stands among the shared ones.
const MOST_SHARED_CODES: usize = 2;

/// The operation of a route. What it shares with others is added to `shared`.
pub(super) fn rendered(
    operation: Operation,
    route: &RouteDescription,
    tag: &str,
    shared: &mut BTreeMap<String, Response>,
) -> Rendered {
    let operation = match route.policy {
        Policy::Public => operation,
        Policy::Authenticated | Policy::Owner => needing_a_token(operation),
        Policy::Staff | Policy::Admin | Policy::Operator => {
            needing_a_token(operation).may_be(ProblemCode::InsufficientRole)
        }
    };
    let mut builder = OperationBuilder::new()
        .tag(tag)
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .description(Some(description(&operation, route.policy)))
        .parameters(Some(operation.parameters.clone()))
        .request_body(operation.body.as_ref().map(|body| {
            RequestBodyBuilder::new()
                .required(Some(if body.required {
                    Required::True
                } else {
                    Required::False
                }))
                .content(body.media_type, content_of(body))
                .build()
        }))
        .securities(Some(securities(route.policy)))
        .extensions(Some(
            ExtensionsBuilder::new()
                .add("x-policy", policy_name(route.policy))
                .build(),
        ));
    for name in &operation.headers {
        builder = builder.parameter_ref(Ref::new(format!("#/components/parameters/{name}")));
    }
    builder = builder.response(operation.success.status.as_str(), success(&operation.success));
    if operation.headers.contains(&"If-None-Match") {
        builder = builder.response("304", not_modified());
    }
    if operation.headers.contains(&"Prefer") {
        let later = Success {
            description: "The same, as it is by now: what follows from it is still to come.",
            ..operation.success.clone()
        };
        builder = builder.response("202", success(&later));
    }
    for (status, codes) in &operation.refusals {
        let refusal = refusal(&operation, *status, codes);
        builder = if codes.len() > MOST_SHARED_CODES {
            builder.response(status.to_string(), refusal)
        } else {
            let shape = if operation.in_oauth_shape {
                "_for_tokens"
            } else {
                ""
            };
            let name = codes.join("_or_") + shape;
            let reference = Ref::from_response_name(&name);
            shared.insert(name, refusal);
            builder.response(status.to_string(), reference)
        };
    }
    builder.build()
}

fn needing_a_token(operation: Operation) -> Operation {
    operation
        .may_be(ProblemCode::MissingToken)
        .may_be(ProblemCode::InvalidToken)
}

fn content_of(body: &Body) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(body.schema.clone())).build()
}

const fn policy_name(policy: Policy) -> &'static str {
    match policy {
        Policy::Public => "public",
        Policy::Authenticated => "authenticated",
        Policy::Owner => "owner",
        Policy::Staff => "staff",
        Policy::Admin => "admin",
        Policy::Operator => "operator",
    }
}

fn description(operation: &Operation, policy: Policy) -> String {
    let who = match policy {
        Policy::Public => "For anybody.",
        Policy::Authenticated => "For anybody who is logged in, about themselves.",
        Policy::Owner => {
            "For anybody who is logged in, about what is theirs, and for staff about everything."
        }
        Policy::Staff => "For staff and admins.",
        Policy::Admin | Policy::Operator => "For admins.",
    };
    format!("{} {who}", operation.description).trim_start().to_owned()
}

/// Either kind of log-in will do. A bearer token's requirement names the least role, which is not a scope that
/// anybody asks for.
fn securities(policy: Policy) -> Vec<SecurityRequirement> {
    let Some(role) = policy.least_role() else {
        return Vec::new();
    };
    vec![
        SecurityRequirement::new(LOGIN, [] as [&str; 0]),
        SecurityRequirement::new(TOKEN, [role.name()]),
    ]
}

fn success(success: &Success) -> Response {
    let mut response = with_headers(
        ResponseBuilder::new().description(success.description),
        &success.headers,
    );
    if let Some(schema) = &success.schema {
        let content = ContentBuilder::new().schema(Some(schema.clone())).build();
        response = response.content(success.media_type, content);
    }
    response.build()
}

fn not_modified() -> Response {
    let response = ResponseBuilder::new().description("It is still as `If-None-Match` says.");
    with_headers(response, &["Request-Id", "ETag"]).build()
}

fn refusal(operation: &Operation, status: u16, codes: &[String]) -> Response {
    let mut headers = vec!["Request-Id"];
    match status {
        401 => headers.push("WWW-Authenticate"),
        429 | 503 => headers.push("Retry-After"),
        409 if codes
            .iter()
            .any(|code| code == ProblemCode::IdempotencyKeyInUse.name()) =>
        {
            headers.push("Retry-After");
        }
        _ => {}
    }
    let names: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let response = ResponseBuilder::new().description(names.join(", "));
    let response = with_headers(response, &headers);
    if operation.in_oauth_shape {
        let content = ContentBuilder::new()
            .schema(Some(schema_of::<TokenProblem>()))
            .build();
        return response.content("application/json", content).build();
    }
    let schema: Schema = AllOfBuilder::new()
        .item(schema_of::<ProblemSchema>())
        .item(ObjectBuilder::new().property("code", text().enum_values(Some(codes.iter().cloned()))))
        .build()
        .into();
    let examples = codes
        .iter()
        .map(|code| (code.clone(), RefOr::T(example(status, code))));
    let content = ContentBuilder::new()
        .schema(Some(schema))
        .examples_from_iter(examples)
        .build();
    response.content("application/problem+json", content).build()
}

/// The problem that the code itself makes of such a refusal, but for its detail and facts.
fn example(status: u16, code: &str) -> Example {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = Problem::of(status, code.to_owned(), "what was found, and what was expected");
    let value: Value = problem
        .as_json("/api/v1/orders", "4b1c6d1e-checkout")
        .unwrap_or(json!({}));
    ExampleBuilder::new().value(Some(value)).build()
}

fn with_headers(response: ResponseBuilder, names: &[&str]) -> ResponseBuilder {
    names.iter().fold(response, |response, name| {
        response.header_ref(*name, Ref::new(format!("#/components/headers/{name}")))
    })
}
