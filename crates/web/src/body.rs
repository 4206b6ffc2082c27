//! Request bodies: within limits of size, time and depth, and read so that all errors of one are found at once.

mod fields;
mod json;
mod payload;
mod values;

pub(crate) use fields::{Fields, FromJson, Location};
pub(crate) use json::Json;
pub(crate) use payload::{MediaType, read as read_payload};
pub(crate) use values::{MoneyGiven, parse_email_address, parse_identifier};

use actix_web::{
    HttpRequest,
    web::{Bytes, Payload},
};
use schema::Body;

use self::json::Unreadable;
use crate::{codes, field_errors::FieldErrors, problem::Problem};

/// The largest JSON body, in bytes.
const LIMIT: usize = 64 * 1024;

/// The bytes of a request's JSON body.
pub(crate) async fn bytes(http: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    read_payload(http, payload, MediaType::Json, LIMIT).await
}

/// The JSON in a request's body, if it has one.
fn json(bytes: &[u8]) -> Result<Option<Json>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    match json::parse(bytes) {
        Ok(json) => Ok(Some(json)),
        Err(Unreadable::Malformed(detail)) => Err(Problem::new(codes::MALFORMED_JSON, detail)),
        Err(Unreadable::TooDeep) => Err(Problem::new(
            codes::JSON_TOO_DEEP,
            format!("expected at most {} levels", json::DEEPEST),
        )),
    }
}

/// Reads a required body; refused with all that is wrong with it.
pub(crate) fn read<T: FromJson>(bytes: &[u8]) -> Result<T, Problem> {
    let missing = || Problem::new(codes::MISSING_BODY, "expected a JSON object as the body");
    read_json(json(bytes)?.ok_or_else(missing)?)
}

/// The same where every field is optional: no body at all is as good as `{}`.
pub(crate) fn read_or_nothing<T: FromJson>(bytes: &[u8]) -> Result<T, Problem> {
    read_json(json(bytes)?.unwrap_or(Json::Object(Vec::new())))
}

fn read_json<T: FromJson>(json: Json) -> Result<T, Problem> {
    let mut errors = FieldErrors::default();
    let value = T::from_json(json, &mut Location::root(&mut errors));
    errors.or_value(value).map_err(|errors| {
        Problem::new(codes::INVALID_BODY, "fields of the body are wrong; see errors").with_errors(errors)
    })
}

/// A text without control characters.
pub(crate) const PRINTABLE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";
/// The same, and not blank.
pub(crate) const NOT_BLANK: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

/// A body that says nothing: none at all, or this.
#[derive(Body)]
#[schema(example({}))]
pub(crate) struct Nothing {}
