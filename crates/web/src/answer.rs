//! What a handler answers when all went well.

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

/// What every handler returns.
pub(crate) type Handled = Result<Answer, Problem>;

/// A successful answer. Its `tag` becomes the `ETag`.
pub(crate) struct Answer {
    status: StatusCode,
    media_type: &'static str,
    body: Option<Vec<u8>>,
    pub(crate) tag: Option<EntityTag>,
    location: Option<String>,
    link: Option<String>,
    replayed: bool,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    /// 200 with `view` as JSON.
    pub(crate) fn ok(view: &impl Serialize) -> Handled {
        let body = serde_json::to_vec(view).map_err(|error| Problem::internal_error(error.to_string()))?;
        Ok(Self {
            body: Some(body),
            ..Self::empty(StatusCode::OK)
        })
    }

    /// 200 with something other than a view.
    pub(crate) fn content(media_type: &'static str, body: &[u8]) -> Self {
        Self {
            media_type,
            body: Some(body.to_vec()),
            ..Self::empty(StatusCode::OK)
        }
    }

    /// 200 with one versioned thing.
    pub(crate) fn one(view: &impl Serialize, tag: impl Into<EntityTag>) -> Handled {
        Self::ok(view).map(|answer| Self {
            tag: Some(tag.into()),
            ..answer
        })
    }

    /// 201 with the versioned thing that was made, and where it is.
    pub(crate) fn created(view: &impl Serialize, tag: impl Into<EntityTag>, location: String) -> Handled {
        Self::one(view, tag).map(|answer| Self {
            status: StatusCode::CREATED,
            location: Some(location),
            ..answer
        })
    }

    /// The same with status 202: more of it is still to come.
    pub(crate) fn accepted(self) -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..self
        }
    }

    /// 303 to another page, which is to be got.
    pub(crate) fn see_other(location: String) -> Self {
        Self {
            location: Some(location),
            ..Self::empty(StatusCode::SEE_OTHER)
        }
    }

    /// A status and nothing else.
    pub(crate) const fn empty(status: StatusCode) -> Self {
        Self {
            status,
            media_type: "application/json",
            body: None,
            tag: None,
            location: None,
            link: None,
            replayed: false,
            headers: Vec::new(),
        }
    }

    /// The same, with a `Link` header.
    pub(crate) fn with_link(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// The same, as the repetition of an answer given before.
    pub(crate) fn replayed(self) -> Self {
        Self {
            replayed: true,
            ..self
        }
    }

    /// The same, with a header more.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same, under a content security policy of its own.
    pub(crate) fn guarded_by(self, policy: HeaderValue) -> Self {
        self.with_header(header::CONTENT_SECURITY_POLICY, policy)
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(tag) = self.tag {
            response.insert_header((header::ETAG, tag.header()));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(link) = self.link {
            response.insert_header((header::LINK, link));
        }
        if self.replayed {
            response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
        }
        for header in self.headers {
            response.insert_header(header);
        }
        match self.body {
            Some(body) => response
                .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)))
                .body(body),
            None => response.finish(),
        }
    }
}
