//! What a handler answers when it succeeds.

use std::marker::PhantomData;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::Serialize;

use crate::{preconditions::EntityTag, problem::Problem};

const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a handler returns: an answer that has the JSON of a `T`, or something other than JSON.
pub(crate) type Handled<T = ()> = Result<Answer<T>, Problem>;

/// A successful answer, with the JSON of a `T`.
pub(crate) struct Answer<T = ()> {
    parts: Parts,
    of: PhantomData<T>,
}

struct Parts {
    status: StatusCode,
    media_type: &'static str,
    body: Option<Vec<u8>>,
    tag: Option<EntityTag>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    /// 200 with something other than a view.
    pub(crate) fn content(media_type: &'static str, body: &[u8]) -> Self {
        let mut answer = Self::empty(StatusCode::OK);
        answer.parts.media_type = media_type;
        answer.parts.body = Some(body.to_vec());
        answer
    }

    /// 303 to another page, which the browser gets.
    pub(crate) fn see_other(location: &str) -> Self {
        Self::empty(StatusCode::SEE_OTHER).with_text_header(header::LOCATION, location)
    }
}

impl<T> Answer<T> {
    /// A status and nothing else.
    pub(crate) const fn empty(status: StatusCode) -> Self {
        let parts = Parts {
            status,
            media_type: "application/json",
            body: None,
            tag: None,
            headers: Vec::new(),
        };
        Self {
            parts,
            of: PhantomData,
        }
    }

    /// 200 with `view` as JSON.
    pub(crate) fn ok(view: &T) -> Handled<T>
    where
        T: Serialize,
    {
        let body = serde_json::to_vec(view).map_err(|error| Problem::internal_error(error.to_string()))?;
        let mut answer = Self::empty(StatusCode::OK);
        answer.parts.body = Some(body);
        Ok(answer)
    }

    /// 200 with one versioned thing. Its tag becomes the `ETag`.
    pub(crate) fn one(view: &T, tag: impl Into<EntityTag>) -> Handled<T>
    where
        T: Serialize,
    {
        let mut answer = Self::ok(view)?;
        answer.parts.tag = Some(tag.into());
        Ok(answer)
    }

    /// 201 with the new versioned thing, and where it is.
    pub(crate) fn created(view: &T, tag: impl Into<EntityTag>, location: &str) -> Handled<T>
    where
        T: Serialize,
    {
        let mut answer = Self::one(view, tag)?.with_text_header(header::LOCATION, location);
        answer.parts.status = StatusCode::CREATED;
        Ok(answer)
    }

    /// The same with status 202: more of it is still to come.
    pub(crate) fn accepted(mut self) -> Self {
        self.parts.status = StatusCode::ACCEPTED;
        self
    }

    /// The same, as the repetition of an answer given before.
    pub(crate) fn replayed(self) -> Self {
        self.with_header(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"))
    }

    /// The same, with a header more.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.parts.headers.push((name, value));
        self
    }

    /// The same, with a header whose value is made of our own words and numbers; one that no header can carry is left out.
    pub(crate) fn with_text_header(self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::try_from(value) {
            Ok(value) => self.with_header(name, value),
            Err(_) => self,
        }
    }

    /// The same, under a content security policy of its own.
    pub(crate) fn guarded_by(self, policy: HeaderValue) -> Self {
        self.with_header(header::CONTENT_SECURITY_POLICY, policy)
    }

    /// The same, of whatever it has the JSON.
    pub(crate) fn untyped(self) -> Answer {
        Answer {
            parts: self.parts,
            of: PhantomData,
        }
    }

    pub(crate) const fn tag(&self) -> Option<EntityTag> {
        self.parts.tag
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let parts = self.parts;
        let mut response = HttpResponse::build(parts.status);
        if let Some(tag) = parts.tag {
            response.insert_header((header::ETAG, tag.header()));
        }
        for header in parts.headers {
            response.insert_header(header);
        }
        match parts.body {
            Some(body) => response
                .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(parts.media_type)))
                .body(body),
            None => response.finish(),
        }
    }
}
