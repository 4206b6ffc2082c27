//! The schemas of refusals and examples of them: RFC 9457's, and RFC 6749's at the token routes.

use schema::{Components, HasSchema, Object};
use serde_json::{Map, Value, json};

use crate::{
    codes::{self, Code},
    endpoint::Endpoint,
    field_errors::{FieldError, FieldErrors, MOST_ERRORS, Wrong},
    problem::Problem,
};

/// What every problem has. Its facts are beside these fields.
pub(super) fn problem(components: &mut Components) -> Value {
    components.named("Problem", |components| {
        json!({
            "type": "object",
            "description": "What went wrong (RFC 9457). Facts of the problem stand beside these fields.",
            "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
            "properties": {
                "type": {
                    "type": "string", "format": "uri",
                    "description": "`urn:orderly:problem:` and the code.",
                },
                "title": {"type": "string"},
                "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
                "detail": {"type": "string", "description": "What was found, and what was expected."},
                "instance": {"type": "string", "description": "The path that was asked."},
                "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "What to decide by."},
                "request_id": {
                    "type": "string",
                    "description": "What to ask us about; also the header `Request-Id`.",
                },
                "errors": {
                    "type": "array", "maxItems": MOST_ERRORS, "items": FieldError::schema(components),
                    "description": "All that is wrong with a body or a query.",
                },
            },
        })
    })
}

/// The problem with this code, and its facts.
pub(super) fn of_code(code: &Code, components: &mut Components) -> Value {
    components.named(&name(code), |components| {
        let mut object = Object::default();
        object.field("code", true, json!({"type": "string", "enum": [code.name]}));
        codes::add_all(code.facts, &mut object, components);
        json!({
            "description": sentence(code.when),
            "allOf": [problem(components), object.schema("", json!({}))],
        })
    })
}

/// `order_total_limit` is the component `OrderTotalLimitProblem`.
fn name(code: &Code) -> String {
    let words = code.name.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect::<String>() + "Problem"
}

fn sentence(when: &str) -> String {
    let mut letters = when.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// One of the problems with these codes.
pub(super) fn one_of(codes: &[&Code], components: &mut Components) -> Value {
    let several: Vec<Value> = codes.iter().map(|code| of_code(code, components)).collect();
    match several.as_slice() {
        [one] => one.clone(),
        several => {
            let mapping = codes.iter().zip(several);
            let mapping = mapping.map(|(code, schema)| (code.name.to_owned(), schema["$ref"].clone()));
            let mapping: Map<String, Value> = mapping.collect();
            json!({"oneOf": several, "discriminator": {"propertyName": "code", "mapping": mapping}})
        }
    }
}

/// Such a problem, as an example for this endpoint.
pub(super) fn example(code: &'static Code, endpoint: &Endpoint) -> Value {
    let problem = Problem::example(code).with_errors(errors(code, endpoint));
    let path = endpoint.route.path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "0197b2c4-0000-7000-8000-000000000001"
        } else {
            segment
        }
    });
    let path = path.collect::<Vec<_>>().join("/");
    json!({"value": problem.as_json(&path, "4b1c6d1e-checkout")})
}

/// What may be wrong with a body or a query of this endpoint.
fn errors(code: &Code, endpoint: &Endpoint) -> Vec<FieldError> {
    let mut errors = FieldErrors::default();
    if code.name == codes::INVALID_BODY.name {
        let mut components = Components::default();
        let schema = endpoint
            .operation
            .body
            .as_ref()
            .map(|body| (body.schema)(&mut components));
        let schema = components.resolved(schema.unwrap_or_default());
        match schema["required"][0].as_str() {
            Some(field) => errors.add(format!("/{field}"), Wrong::missing()),
            None => errors.add("/colour", Wrong::unknown()),
        }
    } else if code.name == codes::INVALID_QUERY.name {
        let required = endpoint.operation.parameters.iter();
        let mut required = required.filter(|parameter| parameter.place == "query" && parameter.required);
        match required.next() {
            Some(parameter) => errors.add(format!("?{}", parameter.name), Wrong::missing()),
            None => errors.add("?colour", Wrong::unknown()),
        }
    }
    errors.or_value(None::<()>).err().unwrap_or_default()
}

/// What went wrong at a token route (RFC 6749 section 5.2).
pub(super) fn token_problem(components: &mut Components) -> Value {
    components.named("TokenProblem", |components| {
        let errors = [
            "invalid_request",
            "invalid_grant",
            "unsupported_grant_type",
            "temporarily_unavailable",
            "server_error",
        ];
        json!({
            "type": "object",
            "description": "What went wrong at a token endpoint (RFC 6749 section 5.2).",
            "required": ["error", "error_description"],
            "properties": {
                "error": components.names("TokenError", "RFC 6749's errors, as far as they occur.", errors),
                "error_description": {"type": "string"},
            },
            "example": {
                "error": "invalid_grant",
                "error_description": "the user name, the password or the refresh token is wrong",
            },
        })
    })
}
