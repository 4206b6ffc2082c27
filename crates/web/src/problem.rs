//! An error answer: RFC 9457 problem details, or, at the token endpoints, RFC 6749's error.

use std::borrow::Cow;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentType, HeaderName, HeaderValue},
    },
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use shared_kernel::{Fact, refusal::Facts};

use crate::{
    codes::{self, Code},
    field_errors::FieldError,
};

/// Why a request failed. Small to move: its parts are on the heap.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    facts: Facts,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
    oauth_error: Option<&'static str>,
    page: Option<String>,
}

impl Problem {
    /// One that web found.
    pub(crate) fn new(code: &'static Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::of(code.status(), code.name, detail)
    }

    /// One whose code is not web's.
    pub(crate) fn of(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            code: code.into(),
            detail: detail.into(),
            facts: Facts::default(),
            errors: Vec::new(),
            headers: Vec::new(),
            cause: None,
            oauth_error: None,
            page: None,
        }))
    }

    /// One in its form for callers: with its detail and its facts.
    pub(crate) fn example(code: &'static Code) -> Self {
        let examples = code.facts.iter();
        let examples = examples.filter_map(|(name, kind)| Some((*name, kind.example()?)));
        Self::new(code, code.detail).with_facts(Facts(examples.collect()))
    }

    /// A defect: the log gets its cause, the caller gets an id to quote.
    pub(crate) fn internal_error(cause: impl Into<String>) -> Self {
        let detail = "something is wrong on our side; it was logged with this request_id";
        Self::new(codes::INTERNAL_ERROR, detail).with_cause(cause)
    }

    #[must_use]
    pub(crate) fn with_fact(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.0.facts.0.push((name, fact.into()));
        self
    }

    #[must_use]
    pub(crate) fn with_facts(mut self, facts: Facts) -> Self {
        self.0.facts.0.extend(facts.0);
        self
    }

    #[must_use]
    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// What is logged about it, once, when it is answered. Callers never see it.
    #[must_use]
    pub(crate) fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        // Every value here is made of our own words and numbers; one that no header can carry is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.push((name, value));
        }
        self
    }

    /// With `Retry-After`, and the same as a fact.
    #[must_use]
    pub(crate) fn with_retry_after(self, seconds: u32) -> Self {
        self.with_header(header::RETRY_AFTER, &seconds.to_string())
            .with_fact("retry_after_seconds", seconds)
    }

    /// In the shape of RFC 6749 section 5.2, with `error` as its code.
    #[must_use]
    pub(crate) fn in_oauth_shape(mut self, error: &'static str) -> Self {
        self.0.oauth_error = Some(error);
        self
    }

    /// For a person: as this page.
    #[must_use]
    pub(crate) fn shown_as(mut self, page: String) -> Self {
        self.0.page = Some(page);
        self
    }

    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    pub(crate) fn to_response(&self, instance: &str, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        for header in &self.0.headers {
            response.insert_header(header.clone());
        }
        if let Some(page) = &self.0.page {
            return response.content_type(ContentType::html()).body(page.clone());
        }
        let (media_type, body) = match self.0.oauth_error {
            Some(error) => {
                let body = OauthError {
                    error,
                    error_description: &self.0.detail,
                };
                ("application/json", serde_json::to_vec(&body))
            }
            None => {
                let body = self.details(instance, request_id);
                ("application/problem+json", serde_json::to_vec(&body))
            }
        };
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(media_type)));
        // Everything in a problem has a JSON form; if something did not, the status alone would still be right.
        body.map_or_else(|_| HttpResponse::new(self.0.status), |body| response.body(body))
    }

    /// The body that such a problem has, as an example in the contract.
    pub(crate) fn as_json(&self, instance: &str, request_id: &str) -> Option<serde_json::Value> {
        serde_json::to_value(self.details(instance, request_id)).ok()
    }

    fn details<'a>(&'a self, instance: &'a str, request_id: &'a str) -> Details<'a> {
        Details {
            kind: format!("urn:orderly:problem:{}", self.0.code),
            title: title(&self.0.code),
            status: self.0.status.as_u16(),
            detail: &self.0.detail,
            instance,
            code: &self.0.code,
            request_id,
            facts: FactsOnTheWire(&self.0.facts),
            errors: &self.0.errors,
        }
    }
}

#[derive(Serialize)]
struct OauthError<'a> {
    error: &'static str,
    error_description: &'a str,
}

#[derive(Serialize)]
struct Details<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'a str,
    request_id: &'a str,
    #[serde(flatten)]
    facts: FactsOnTheWire<'a>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
}

/// A problem's own fields, whose names a fact must not have.
const OWN_FIELDS: [&str; 8] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "request_id",
    "errors",
];

/// Facts beside a problem's own fields. A rule names its facts independently of HTTP, so an order's `status`
/// is renamed to `found_status`.
struct FactsOnTheWire<'a>(&'a Facts);

impl Serialize for FactsOnTheWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, fact) in &self.0.0 {
            map.serialize_entry(&name_on_the_wire(name), fact)?;
        }
        map.end()
    }
}

/// The name of a fact in an answer.
pub(crate) fn name_on_the_wire(name: &str) -> Cow<'_, str> {
    if OWN_FIELDS.contains(&name) {
        format!("found_{name}").into()
    } else {
        name.into()
    }
}

/// `order_total_limit` reads `Order total limit`.
fn title(code: &str) -> String {
    let mut letters = code.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let rest = letters.map(|letter| if letter == '_' { ' ' } else { letter });
    first.into_iter().chain(rest).collect()
}
