//! What web itself finds, before any rule is checked.

use super::{Code, FactKind::*};

codes! {
    /// All of these.
    FOUND_BY_WEB:
    MALFORMED_JSON = "malformed_json", 400, "the body is no JSON",
        "found no JSON: EOF while parsing an object at line 1 column 1", [];
    JSON_TOO_DEEP = "json_too_deep", 400, "the JSON has more than 32 levels",
        "expected at most 32 levels", [];
    MISSING_BODY = "missing_body", 400, "a body is needed, and there is none",
        "expected a JSON object as the body", [];
    INCOMPLETE_BODY = "incomplete_body", 400, "the body ended before its announced end",
        "the body broke off: payload reached EOF before completing", [];
    MALFORMED_IDEMPOTENCY_KEY = "malformed_idempotency_key", 400, "`Idempotency-Key` is not one key of 16 to 255 visible ASCII characters",
        "expected one key of 16 to 255 visible ASCII characters, bare or quoted", [];
    MALFORMED_IF_MATCH = "malformed_if_match", 400, "`If-Match` is neither `*` nor one entity tag",
        "expected If-Match to be * or one entity tag, as in \"3\"", [];
    INVALID_REQUEST = "invalid_request", 400, "a field of a token request is absent, empty or given several times",
        "expected username once, and not empty", [];
    INVALID_GRANT = "invalid_grant", 400, "user name, password or refresh token is wrong; never which",
        "the user name, the password or the refresh token is wrong", [];
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", 400, "a grant other than `password` and `refresh_token`",
        "expected grant_type to be password or refresh_token", [];
    MISSING_TOKEN = "missing_token", 401, "an access token is needed, and there is none",
        "expected Authorization: Bearer <token>", [];
    INVALID_TOKEN = "invalid_token", 401, "the access token does not stand; never why",
        "the access token does not stand; log in or refresh it", [];
    INSUFFICIENT_ROLE = "insufficient_role", 403, "the caller's role lacks the right; `needed_role`",
        "found role customer, expected staff", [needed_role: Text("staff")];
    FORGED_FORM = "forged_form", 403, "a page's form was not sent from that page, or from one of another session",
        "the form was not sent from this page", [];
    ROUTE_NOT_FOUND = "route_not_found", 404, "no route has this path",
        "there is nothing at this path", [];
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "the path exists, for the methods in `Allow`",
        "found PUT, expected GET, HEAD", [];
    BODY_TOO_SLOW = "body_too_slow", 408, "the body took longer than 10 s",
        "the body took longer than 10 s", [];
    CONFLICT = "conflict", 409, "others changed the thing at the same time, several times over; try again",
        "others changed it at the same time, several times over", [];
    IDEMPOTENCY_KEY_IN_USE = "idempotency_key_in_use", 409, "a request with this key is being worked on",
        "a request with this key is being worked on", [retry_after_seconds: Number(1)];
    VERSION_MISMATCH = "version_mismatch", 412, "`If-Match` names another version than `current_version`",
        "found version 3, expected version 2", [current_version: Number(3)];
    BODY_TOO_LARGE = "body_too_large", 413, "the body is larger than the route takes",
        "expected a body of at most 65536 bytes", [limit: Number(65_536)];
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "the body is not of the type that the route takes, or compressed",
        "expected Content-Type: application/json, not encoded", [];
    VALUE_REFUSED = "value_refused", 422, "the database does not hold a value that no rule has refused before, which is a defect of ours as well; sending it again will not help",
        "a value is none that can be kept here", [];
    INVALID_BODY = "invalid_body", 422, "fields of the body are wrong; see `errors`",
        "fields of the body are wrong; see errors", [errors: Errors];
    INVALID_QUERY = "invalid_query", 422, "parameters of the query are wrong; see `errors`",
        "parameters of the query are wrong; see errors", [errors: Errors];
    THROTTLED = "throttled", 429, "this caller asks too often",
        "too many attempts; try again in 3 s", [retry_after_seconds: Number(3)];
    INTERNAL_ERROR = "internal_error", 500, "a defect of Orderly's",
        "something is wrong on our side; it was logged with this request_id", [];
    BUSY = "busy", 503, "more is waiting than can be served soon; nothing was done",
        "too much is waiting; try again in 1 s", [retry_after_seconds: Number(1)];
    DEPENDENCY_UNAVAILABLE = "dependency_unavailable", 503, "something that Orderly depends on does not answer",
        "something that this depends on does not answer; try again later", [retry_after_seconds: Number(5)];
    STORAGE_FULL = "storage_full", 503, "the database has no room for what is to be written; nothing was done, and reading goes on",
        "there is no room for what is to be written; nothing was done, and what is there can be read", [retry_after_seconds: Number(5)];
    OUTCOME_UNKNOWN = "outcome_unknown", 503, "the database went away while this was being committed: it took effect once or not at all; look, or send it again with the same `Idempotency-Key`",
        "the database went away while this was being committed: it took effect once or not at all", [retry_after_seconds: Number(5)];
    NOT_READY = "not_ready", 503, "a context cannot serve (`not_ready`), or its events stand still (`behind`); see `contexts`",
        "a context cannot serve, or is behind; see contexts", [contexts: List(&[("context", Text("ordering")), ("status", Text("behind"))]), retry_after_seconds: Number(2)];
}
