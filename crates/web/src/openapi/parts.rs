//! Parameters and headers that several operations share.

use utoipa::{
    ToSchema,
    openapi::{
        Object, ObjectBuilder, Ref, RefOr, Required, Schema, Type,
        header::{Header, HeaderBuilder},
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

/// The ids in a path's braces.
pub(super) fn path_parameters(path: &str) -> Vec<Parameter> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| path_parameter(name, Ref::from_schema_name("Id")))
        .collect()
}

/// What stands for one pair of a path's braces.
pub(super) fn path_parameter(name: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

/// A parameter of a query.
pub(super) fn query(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

/// The same, and it has to be there.
pub(super) fn required_query(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    let mut parameter = query(name, description, schema);
    parameter.required = Required::True;
    parameter
}

/// The schema of a type, by its name.
pub(super) fn schema_of<T: ToSchema>() -> Ref {
    Ref::from_schema_name(T::name())
}

/// A text.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text without control characters, as every parameter of a query has to be.
pub(super) fn printable_text() -> ObjectBuilder {
    text().pattern(Some(r"^[^\u0000-\u001f\u007f-\u009f]*$"))
}

/// A whole number from `least` to `most`.
pub(super) fn whole_number(least: u32, most: u32) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(f64::from(least)))
        .maximum(Some(f64::from(most)))
}

fn matching(pattern: &str) -> Object {
    text().pattern(Some(pattern)).build()
}

/// The headers that requests may carry, by name. Each is optional, and none has an example: the page at `/docs` fills
/// examples in, and the same `Idempotency-Key` for every request is no help.
pub(super) fn request_headers() -> Vec<(&'static str, Parameter)> {
    let header = |name, description, schema: Object| {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(schema))
            .build();
        (name, parameter)
    };
    vec![
        header(
            "Request-Id",
            "By what this request is to be found again. One of 1 to 128 visible ASCII characters is echoed; \
             otherwise one is made.",
            text().build(),
        ),
        header(
            "traceparent",
            "The caller's W3C trace context. A malformed one is as good as none.",
            text().build(),
        ),
        header(
            "If-Match",
            "The `ETag` that the thing must still have, or `*`. Without it, changes that others make at the same \
             time are waited for.",
            matching(r#"^(\*|"[0-9]{1,10}(\.[0-9]{1,10})?")$"#),
        ),
        header(
            "If-None-Match",
            "The `ETag` of what the caller has already; 304 if it is still so.",
            text().build(),
        ),
        header(
            "Idempotency-Key",
            "A key of the caller's making. The same request under the same key is carried out once, and answered \
             as the first time. A refusal leaves the key free.",
            matching(r#"^[!#-~][!-~]{14,253}[!#-~]$"#),
        ),
        header(
            "Prefer",
            "`wait=N`: the caller would rather wait for up to N seconds, 10 at most, than come back (RFC 7240).",
            text().build(),
        ),
    ]
}

/// The headers that answers may carry, by name.
pub(super) fn answer_headers() -> Vec<(&'static str, Header)> {
    let header = |name, description, schema: Object| {
        let header = HeaderBuilder::new()
            .schema(Some(schema))
            .description(Some(description))
            .build();
        (name, header)
    };
    vec![
        header(
            "Request-Id",
            "The request's, if it had a fitting one; otherwise one made here.",
            matching("^[!-~]{1,128}$"),
        ),
        header(
            "ETag",
            "The version, in quotes; behind a dot that of what another context says beside it.",
            matching(r#"^"[0-9]+(\.[0-9]+)?"$"#),
        ),
        header("Location", "Where the thing is.", matching("^/api/v1/.+$")),
        header(
            "Link",
            "The next page, with `rel=\"next\"`; absent on the last one.",
            matching(r#"^<.+>; rel="next"$"#),
        ),
        header(
            "Retry-After",
            "When to try again, in seconds.",
            whole_number(0, u32::MAX).build(),
        ),
        header(
            "WWW-Authenticate",
            "That a bearer token is asked for (RFC 6750).",
            matching("^Bearer "),
        ),
        header(
            "Idempotent-Replayed",
            "`true` when this repeats an answer given before, under the same `Idempotency-Key`; absent otherwise.",
            matching("^true$"),
        ),
        header(
            "Preference-Applied",
            "For how long the request was ready to wait; absent when it did not ask to.",
            matching("^wait=[0-9]+$"),
        ),
    ]
}
