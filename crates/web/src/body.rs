//! Request bodies: within limits of size, time and depth, and read so that all that is wrong with one is found at once.

mod fields;
mod json;
mod payload;
mod values;

pub(crate) use fields::Fields;
pub(crate) use payload::{MediaType, read as read_payload};
pub(crate) use values::{
    count, currency, email_address, identifier, line_stock, money, parse_email_address, parse_identifier,
    quantity, role, secret, text, whole_number,
};

use actix_web::{
    HttpRequest,
    web::{Bytes, Payload},
};

use self::{
    fields::Pointer,
    json::{Json, Unreadable},
};
use crate::{
    ProblemCode,
    field_errors::{FieldErrors, Wrong},
    problem::Problem,
};

/// The largest JSON body, in bytes.
const LIMIT: usize = 64 * 1024;

/// A JSON body, if the request has one.
pub(crate) enum Body {
    Given(Json),
    Missing,
}

/// The bytes of a request's JSON body.
pub(crate) async fn bytes(http: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    read_payload(http, payload, MediaType::Json, LIMIT).await
}

/// The JSON in a request's body.
pub(crate) fn json(bytes: &[u8]) -> Result<Body, Problem> {
    if bytes.is_empty() {
        return Ok(Body::Missing);
    }
    match json::parse(bytes) {
        Ok(json) => Ok(Body::Given(json)),
        Err(Unreadable::Malformed(detail)) => Err(Problem::new(ProblemCode::MalformedJson, detail)),
        Err(Unreadable::TooDeep) => Err(Problem::new(
            ProblemCode::JsonTooDeep,
            format!("expected at most {} levels", json::DEEPEST),
        )),
    }
}

/// Reads the object that a body has to be.
pub(crate) fn read_object<T>(
    json: Json,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Result<T, Problem> {
    let mut errors = FieldErrors::default();
    let value = match json {
        Json::Object(entries) => Fields::read(entries, &Pointer::Root, &mut errors, read),
        other => {
            errors.add(Pointer::Root, Wrong::type_of(other.type_name(), "an object"));
            None
        }
    };
    errors.or_value(value).map_err(|errors| {
        Problem::new(
            ProblemCode::InvalidBody,
            "fields of the body are wrong; see errors",
        )
        .with_errors(errors)
    })
}

/// `{}`.
pub(crate) const fn no_fields() -> Json {
    Json::Object(Vec::new())
}

/// For a request without the body that it needs.
pub(crate) fn missing() -> Problem {
    Problem::new(ProblemCode::MissingBody, "expected a JSON object as the body")
}
