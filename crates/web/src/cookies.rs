//! Cookies, as requests bring them and answers set them.
//!
//! Where the caller came by https a cookie's name begins with `__Host-`: browsers take it from no other host and no plain
//! connection, and it is sent to every path. Elsewhere it is sent to the paths that need it.

use actix_web::http::header::{self, HeaderValue};

use crate::{problem::Problem, request::Request};

const HOST_PREFIX: &str = "__Host-";

/// The values of the cookies of this name, those first that only this host can have set.
pub(crate) fn values<'a>(request: &'a Request, name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = move |wanted: &'a str, prefix: &'a str| {
        let headers = request.http().headers().get_all(header::COOKIE);
        let pairs = headers.filter_map(|header| header.to_str().ok());
        pairs
            .flat_map(|pairs| pairs.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(move |(found, _)| found.strip_prefix(prefix) == Some(wanted))
            .map(|(_, value)| value)
    };
    named(name, HOST_PREFIX).chain(named(name, ""))
}

/// `Set-Cookie` for the answer to this request. `seconds` is how long the browser keeps it; until it is closed, if `None`.
pub(crate) fn set(
    request: &Request,
    name: &str,
    value: &str,
    path: &str,
    seconds: Option<i64>,
) -> Result<HeaderValue, Problem> {
    let lifetime = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let cookie = if came_by_https(request) {
        format!("{HOST_PREFIX}{name}={value}; Path=/; HttpOnly; SameSite=Strict{lifetime}; Secure")
    } else {
        format!("{name}={value}; Path={path}; HttpOnly; SameSite=Strict{lifetime}")
    };
    HeaderValue::from_str(&cookie).map_err(|error| Problem::internal_error(error.to_string()))
}

/// What the trusted proxy says; without one, what the browser itself says, in `Origin`.
fn came_by_https(request: &Request) -> bool {
    request.client().by_https.unwrap_or_else(|| {
        let origin = request.http().headers().get(header::ORIGIN);
        origin.is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
    })
}
