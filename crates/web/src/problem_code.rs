//! The codes of the problems that web itself finds: a closed list, each with its status.
//!
//! Rules bring codes of their own (`order_total_limit`), with 422 or 409 by their kind; what is
//! absent is `<what>_not_found`, with 404.

use actix_web::http::StatusCode;

macro_rules! problem_codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $status:ident;)*) => {
        /// What web itself can refuse a request with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $($(#[doc = $doc])* $variant,)*
        }

        impl ProblemCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as callers see it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The status it goes with.
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$variant => StatusCode::$status,)*
                }
            }
        }
    };
}

problem_codes! {
    /// The body is no JSON.
    MalformedJson = "malformed_json", BAD_REQUEST;
    /// The JSON is nested deeper than 32 levels.
    JsonTooDeep = "json_too_deep", BAD_REQUEST;
    /// There is no body, where one is needed.
    MissingBody = "missing_body", BAD_REQUEST;
    /// The body ended before its announced end.
    IncompleteBody = "incomplete_body", BAD_REQUEST;
    /// `Idempotency-Key` is not one key of 16 to 255 visible ASCII characters.
    MalformedIdempotencyKey = "malformed_idempotency_key", BAD_REQUEST;
    /// `If-Match` is neither `*` nor one entity tag.
    MalformedIfMatch = "malformed_if_match", BAD_REQUEST;
    /// A field of a token request is absent, empty or given several times.
    InvalidRequest = "invalid_request", BAD_REQUEST;
    /// The user name, password or refresh token of a token request is wrong.
    InvalidGrant = "invalid_grant", BAD_REQUEST;
    /// A token request asks for a grant other than `password` and `refresh_token`.
    UnsupportedGrantType = "unsupported_grant_type", BAD_REQUEST;
    /// The route needs an access token, and there is none.
    MissingToken = "missing_token", UNAUTHORIZED;
    /// The access token is malformed, forged, expired, or its session has ended.
    InvalidToken = "invalid_token", UNAUTHORIZED;
    /// The caller's role lacks the right.
    InsufficientRole = "insufficient_role", FORBIDDEN;
    /// A form was not sent from Orderly's own page, or from one of another session.
    ForgedForm = "forged_form", FORBIDDEN;
    /// No route has this path.
    RouteNotFound = "route_not_found", NOT_FOUND;
    /// The path exists, for other methods.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The body did not arrive within its deadline.
    BodyTooSlow = "body_too_slow", REQUEST_TIMEOUT;
    /// Others changed the thing at the same time, several times over.
    Conflict = "conflict", CONFLICT;
    /// A request with the same `Idempotency-Key` is being worked on.
    IdempotencyKeyInUse = "idempotency_key_in_use", CONFLICT;
    /// `If-Match` names another version than the current one.
    VersionMismatch = "version_mismatch", PRECONDITION_FAILED;
    /// The body is larger than the route takes.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE;
    /// The body is not of the one media type that the route takes.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE;
    /// The database does not hold a value that the request has, and no rule has refused it before.
    ValueRefused = "value_refused", UNPROCESSABLE_ENTITY;
    /// Fields of the body are wrong; `errors` has each of them.
    InvalidBody = "invalid_body", UNPROCESSABLE_ENTITY;
    /// Query parameters are wrong; `errors` has each of them.
    InvalidQuery = "invalid_query", UNPROCESSABLE_ENTITY;
    /// This caller asks too often.
    Throttled = "throttled", TOO_MANY_REQUESTS;
    /// A defect of Orderly's.
    InternalError = "internal_error", INTERNAL_SERVER_ERROR;
    /// More is waiting than can be served soon.
    Busy = "busy", SERVICE_UNAVAILABLE;
    /// Something that Orderly depends on does not answer.
    DependencyUnavailable = "dependency_unavailable", SERVICE_UNAVAILABLE;
    /// The database went away while a change was being committed: it took effect once or not at all.
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE;
    /// A context cannot serve, or is behind; `contexts` says which.
    NotReady = "not_ready", SERVICE_UNAVAILABLE;
}
