//! The headers that requests and answers may carry, by name.
//!
//! Deliberately not here: what any request may carry, `Request-Id` and `traceparent`. A generated client need not take them as parameters.

use serde_json::{Value, json};

use crate::preferences::LONGEST_WAIT_SECONDS;

/// Those of requests. Each is optional, and none has an example: the page at `/docs` fills examples in, and the same
/// `Idempotency-Key` for every request is no help.
pub(super) fn of_requests() -> Value {
    let header = |name: &str, description: &str, pattern: Option<&str>| {
        json!({
            "name": name, "in": "header", "required": false,
            "description": description, "schema": text(pattern),
        })
    };
    json!({
        "If-Match": header(
            "If-Match",
            "The `ETag` that the thing must still have, or `*`. Without it, changes that others make at the same \
             time are waited for.",
            Some(r#"^(\*|"[0-9]{1,10}(\.[0-9]{1,10})?")$"#),
        ),
        "If-None-Match": header(
            "If-None-Match",
            "The `ETag` of what the caller has already; 304 if it is still so.",
            None,
        ),
        "Idempotency-Key": header(
            "Idempotency-Key",
            "A key of the caller's making. The same request under the same key is carried out once, and answered \
             as the first time. A refusal leaves the key free.",
            Some(r#"^[!#-~][!-~]{14,253}[!#-~]$"#),
        ),
        "Prefer": header(
            "Prefer",
            &format!(
                "`wait=N`: the caller would rather wait for up to N seconds, {LONGEST_WAIT_SECONDS} at most, than come back (RFC 7240)."
            ),
            None,
        ),
    })
}

/// Those of answers.
pub(super) fn of_answers() -> Value {
    let header = |description: &str, schema: Value| json!({"description": description, "schema": schema});
    json!({
        "Request-Id": header(
            "The request's, if it had a fitting one; otherwise one made here.",
            text(Some("^[!-~]{1,128}$")),
        ),
        "ETag": header(
            "The version, in quotes; behind a dot that of what another context says beside it.",
            text(Some(r#"^"[0-9]+(\.[0-9]+)?"$"#)),
        ),
        "Location": header("Where the thing is.", text(Some("^/api/v1/.+$"))),
        "Link": header(
            "The next page, with `rel=\"next\"`; absent on the last one.",
            text(Some(r#"^<.+>; rel="next"$"#)),
        ),
        "Retry-After": header(
            "When to try again, in seconds.",
            json!({"type": "integer", "minimum": 0, "maximum": u32::MAX}),
        ),
        "WWW-Authenticate": header("That a bearer token is asked for (RFC 6750).", text(Some("^Bearer "))),
        "Idempotent-Replayed": header(
            "`true` when this repeats an answer given before, under the same `Idempotency-Key`; absent otherwise.",
            text(Some("^true$")),
        ),
        "Preference-Applied": header(
            "For how long the request was ready to wait; absent when it did not ask to.",
            text(Some("^wait=[0-9]+$")),
        ),
    })
}

fn text(pattern: Option<&str>) -> Value {
    match pattern {
        None => json!({"type": "string"}),
        Some(pattern) => json!({"type": "string", "pattern": pattern}),
    }
}
