//! The builder methods by which endpoints are declared.
//!
//! What follows from a body or a header is added here once, and not repeated at each endpoint.

use actix_web::http::{Method, StatusCode};
use schema::{HasSchema, json};

use super::{
    Endpoint,
    operation::{BodyTaken, Parameter, SchemaOf},
};
use crate::{
    codes::{self, Code},
    paging,
};

impl Endpoint {
    /// The operation's id and its sentence.
    pub(crate) fn named(mut self, id: &'static str, summary: &'static str) -> Self {
        self.operation.id = id;
        self.operation.summary = summary;
        self
    }

    /// Adds to the sentence.
    pub(crate) fn saying(mut self, description: &'static str) -> Self {
        self.operation.description = description;
        self
    }

    /// The process answers it by itself, without asking a context.
    pub(crate) fn by_the_process(mut self) -> Self {
        self.operation
            .refusals
            .remove(&StatusCode::SERVICE_UNAVAILABLE.as_u16());
        self
    }

    /// The path's one parameter, where it is no id.
    pub(crate) fn by_name(mut self, schema: SchemaOf) -> Self {
        self.operation
            .parameters
            .iter_mut()
            .for_each(|parameter| parameter.schema = schema);
        self
    }

    /// Takes a parameter in the query.
    pub(crate) fn asking(self, name: &'static str, description: &'static str, schema: SchemaOf) -> Self {
        self.with_query(name, description, schema, false)
    }

    /// Takes a parameter in the query that has to be there.
    pub(crate) fn asking_for(self, name: &'static str, description: &'static str, schema: SchemaOf) -> Self {
        self.with_query(name, description, schema, true)
    }

    fn with_query(
        mut self,
        name: &'static str,
        description: &'static str,
        schema: SchemaOf,
        required: bool,
    ) -> Self {
        self.operation.parameters.push(Parameter {
            name,
            place: "query",
            required,
            description,
            schema,
        });
        self.refusing(&[codes::INVALID_QUERY, codes::VALUE_REFUSED])
    }

    /// Takes a JSON body.
    pub(crate) fn taking<T: HasSchema>(self) -> Self {
        self.with_json::<T>(true).refusing(&[codes::MISSING_BODY])
    }

    /// Takes a JSON body, or none.
    pub(crate) fn taking_perhaps<T: HasSchema>(self) -> Self {
        self.with_json::<T>(false)
    }

    fn with_json<T: HasSchema>(self, required: bool) -> Self {
        self.with_body::<T>("application/json", required).refusing(&[
            codes::MALFORMED_JSON,
            codes::JSON_TOO_DEEP,
            codes::INVALID_BODY,
            codes::VALUE_REFUSED,
        ])
    }

    /// Takes a form, and answers errors in the shape of RFC 6749.
    pub(crate) fn taking_form<T: HasSchema>(mut self) -> Self {
        self.operation.in_oauth_shape = true;
        self.with_body::<T>("application/x-www-form-urlencoded", true)
            .refusing(&[codes::INVALID_REQUEST])
    }

    /// Takes a page's form, with these fields.
    pub(crate) fn with_form(mut self, fields: &'static [&'static str]) -> Self {
        self.operation.form_of_page = Some(fields);
        self
    }

    fn with_body<T: HasSchema>(mut self, media_type: &'static str, required: bool) -> Self {
        self.operation.body = Some(BodyTaken {
            media_type,
            schema: T::schema,
            required,
        });
        self.refusing(&[
            codes::INCOMPLETE_BODY,
            codes::BODY_TOO_SLOW,
            codes::BODY_TOO_LARGE,
            codes::UNSUPPORTED_MEDIA_TYPE,
        ])
    }

    /// Answers what its handler returns, with 200.
    pub(crate) fn answering(mut self, description: &'static str) -> Self {
        self.operation.success.description = description;
        self
    }

    /// Answers 204, and no body.
    pub(crate) fn answering_nothing(mut self, description: &'static str) -> Self {
        self.operation.success.status = StatusCode::NO_CONTENT;
        self.answering(description)
    }

    /// Answers something other than the view's type.
    pub(crate) fn answering_as(mut self, schema: SchemaOf, description: &'static str) -> Self {
        self.operation.success.schema = schema;
        self.answering(description)
    }

    /// Answers something other than JSON.
    pub(crate) fn answering_page(mut self, media_type: &'static str, description: &'static str) -> Self {
        self.operation.success.media_type = media_type;
        self.answering_as(
            |components| components.named("Page", |_| json!({"type": "string"})),
            description,
        )
    }

    /// Answers a list that is never longer than one page, a component of its own.
    pub(crate) fn listing(mut self, name: &'static str, about: &'static str) -> Self {
        self.operation.success.list = Some((name, about));
        self
    }

    /// Answers a list, page by page.
    pub(crate) fn paged(self, name: &'static str, about: &'static str) -> Self {
        self.listing(name, about)
            .asking("limit", "How many at most.", paging::limit_schema)
            .asking(
                "cursor",
                "`next_cursor` of the page before, with the same filters.",
                String::schema,
            )
            .with_headers(&["Link"])
    }

    /// The answer's headers beyond those that all have.
    fn with_headers(mut self, headers: &[&'static str]) -> Self {
        self.operation.success.headers.extend_from_slice(headers);
        self
    }

    /// Answers one versioned thing. A read can be answered with 304; a change can be made conditional on its version.
    pub(crate) fn versioned(self) -> Self {
        let reads = self.route.method == Method::GET;
        let mut endpoint = self.with_headers(&["ETag"]);
        if reads {
            endpoint.operation.headers.push("If-None-Match");
            return endpoint;
        }
        endpoint.depending_on_version()
    }

    /// Changes a versioned thing, if `If-Match` allows.
    pub(crate) fn depending_on_version(mut self) -> Self {
        self.operation.headers.push("If-Match");
        self.refusing(&[
            codes::MALFORMED_IF_MATCH,
            codes::VERSION_MISMATCH,
            codes::CONFLICT,
        ])
    }

    /// Makes a thing, and answers where it is.
    pub(crate) fn creating(mut self, description: &'static str) -> Self {
        self.operation.success.status = StatusCode::CREATED;
        self.answering(description).with_headers(&["ETag", "Location"])
    }

    /// Can be sent again safely, under an `Idempotency-Key`.
    pub(crate) fn repeatable(mut self) -> Self {
        self.operation.headers.push("Idempotency-Key");
        self.with_headers(&["Idempotent-Replayed"]).refusing(&[
            codes::MALFORMED_IDEMPOTENCY_KEY,
            codes::IDEMPOTENCY_KEY_IN_USE,
            codes::IDEMPOTENCY_KEY_REUSED,
        ])
    }

    /// Waits for its consequences, if the caller prefers that; answers 202 when that takes longer.
    pub(crate) fn waiting(mut self) -> Self {
        self.operation.headers.push("Prefer");
        self.with_headers(&["Preference-Applied"])
    }

    /// Can be refused with these codes.
    pub(crate) fn refusing(mut self, codes: &[&'static Code]) -> Self {
        self.operation.refusing(codes);
        self
    }
}
