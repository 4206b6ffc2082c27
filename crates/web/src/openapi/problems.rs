//! The schemas of refusals: RFC 9457's, and RFC 6749's at the token endpoints.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

/// What went wrong (RFC 9457). Facts of the problem stand beside these fields.
#[derive(ToSchema)]
pub(super) struct Problem {
    /// `urn:orderly:problem:` and the code.
    #[schema(format = "uri")]
    r#type: String,
    title: String,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was found, and what was expected.
    detail: String,
    /// The path that was asked.
    instance: String,
    /// What to decide by.
    #[schema(pattern = "^[a-z_]+$")]
    code: String,
    /// What to ask us about; also the header `Request-Id`.
    request_id: String,
    /// All that is wrong with a body or a query.
    #[schema(nullable = false, max_items = 100)]
    errors: Option<Vec<FieldProblem>>,
}

/// What is wrong with one field of a body, or one parameter of a query.
#[derive(ToSchema)]
pub(super) struct FieldProblem {
    /// A JSON pointer into the body (RFC 6901), or `?name` for a parameter of the query.
    #[schema(example = "/lines/0/quantity")]
    pointer: String,
    code: String,
    detail: String,
}

/// What went wrong at a token endpoint (RFC 6749 section 5.2).
#[derive(ToSchema)]
#[schema(example = json!({
    "error": "invalid_grant",
    "error_description": "the user name, the password or the refresh token is wrong",
}))]
pub(super) struct TokenProblem {
    error: TokenError,
    error_description: String,
}

/// RFC 6749's errors, as far as they occur.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum TokenError {
    InvalidRequest,
    InvalidGrant,
    UnsupportedGrantType,
    TemporarilyUnavailable,
    ServerError,
}
