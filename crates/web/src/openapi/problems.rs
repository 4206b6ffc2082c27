//! The schemas of refusals: RFC 9457's, and RFC 6749's at the token routes.

use schema::{Components, HasSchema};
use serde_json::{Value, json};

use crate::field_errors::{FieldError, MOST_ERRORS};

/// What every problem has. Facts of the problem stand beside these fields.
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
