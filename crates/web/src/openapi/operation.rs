//! One operation of the contract: what a route takes and answers, put down in the words of the routes' own files.
//!
//! What follows from a policy, a body or a header is added here once, and not said again at each operation.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Ref, path::Parameter},
};

use super::parts;
use crate::{ProblemCode, RouteDescription};

/// What one route takes and answers.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) parameters: Vec<Parameter>,
    /// The names of shared parameters: headers.
    pub(super) headers: Vec<&'static str>,
    pub(super) body: Option<Body>,
    pub(super) success: Success,
    pub(super) refusals: BTreeMap<u16, Vec<String>>,
    /// Whether its errors have the shape of RFC 6749.
    pub(super) in_oauth_shape: bool,
}

/// A body that is taken.
pub(super) struct Body {
    pub(super) media_type: &'static str,
    pub(super) schema: Ref,
    pub(super) required: bool,
}

/// The answer when all went well.
#[derive(Clone)]
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) description: &'static str,
    pub(super) media_type: &'static str,
    pub(super) schema: Option<Ref>,
    /// The names of shared headers.
    pub(super) headers: Vec<&'static str>,
}

impl Operation {
    /// An operation that asks the contexts, as most do.
    pub(super) fn new(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let changes = method != Method::GET;
        let operation = Self::of_the_process(method, path, id, summary)
            .may_be(ProblemCode::Busy)
            .may_be(ProblemCode::DependencyUnavailable);
        if changes {
            operation.may_be(ProblemCode::OutcomeUnknown)
        } else {
            operation
        }
    }

    /// An operation that the process answers by itself.
    pub(super) fn of_the_process(
        method: Method,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        let operation = Self {
            method,
            path,
            id,
            summary,
            description: "",
            parameters: parts::path_parameters(path),
            headers: vec!["Request-Id", "traceparent"],
            body: None,
            success: Success {
                status: StatusCode::NO_CONTENT,
                description: "It is done.",
                media_type: "application/json",
                schema: None,
                headers: vec!["Request-Id"],
            },
            refusals: BTreeMap::new(),
            in_oauth_shape: false,
        };
        operation.may_be(ProblemCode::InternalError)
    }

    /// What the summary leaves out.
    pub(super) fn saying(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// What stands for the path's one pair of braces, where that is no id.
    pub(super) fn named_by(mut self, name: &str, schema: ObjectBuilder) -> Self {
        self.parameters.retain(|parameter| parameter.name != name);
        self.parameters.push(parts::path_parameter(name, schema));
        self
    }

    /// Takes a parameter in the query.
    pub(super) fn asking(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self.may_be(ProblemCode::InvalidQuery)
            .may_be(ProblemCode::ValueRefused)
    }

    /// Takes a JSON body.
    pub(super) fn taking<T: ToSchema>(self) -> Self {
        self.with_json::<T>(true).may_be(ProblemCode::MissingBody)
    }

    /// Takes a JSON body, or none.
    pub(super) fn taking_perhaps<T: ToSchema>(self) -> Self {
        self.with_json::<T>(false)
    }

    fn with_json<T: ToSchema>(self, required: bool) -> Self {
        self.with_body::<T>("application/json", required)
            .may_be(ProblemCode::MalformedJson)
            .may_be(ProblemCode::JsonTooDeep)
            .may_be(ProblemCode::InvalidBody)
            .may_be(ProblemCode::ValueRefused)
    }

    /// Takes a form, and answers errors in the shape of RFC 6749.
    pub(super) fn taking_form<T: ToSchema>(mut self) -> Self {
        self.in_oauth_shape = true;
        self.with_body::<T>("application/x-www-form-urlencoded", true)
            .may_be(ProblemCode::InvalidRequest)
    }

    fn with_body<T: ToSchema>(mut self, media_type: &'static str, required: bool) -> Self {
        self.body = Some(Body {
            media_type,
            schema: Ref::from_schema_name(T::name()),
            required,
        });
        self.may_be(ProblemCode::IncompleteBody)
            .may_be(ProblemCode::BodyTooSlow)
            .may_be(ProblemCode::BodyTooLarge)
            .may_be(ProblemCode::UnsupportedMediaType)
    }

    /// Answers a status without a body.
    pub(super) fn answering_nothing(mut self, status: StatusCode, description: &'static str) -> Self {
        self.success.status = status;
        self.success.description = description;
        self
    }

    /// Answers JSON.
    pub(super) fn answering<T: ToSchema>(self, status: StatusCode, description: &'static str) -> Self {
        let mut operation = self.answering_nothing(status, description);
        operation.success.schema = Some(Ref::from_schema_name(T::name()));
        operation
    }

    /// Answers something other than the API's JSON.
    pub(super) fn answering_page(mut self, media_type: &'static str, description: &'static str) -> Self {
        self.success.media_type = media_type;
        self.success.schema = Some(Ref::from_schema_name("Page"));
        self.answering_nothing(StatusCode::OK, description)
    }

    /// The answer's headers beyond those that all have.
    pub(super) fn with_headers(mut self, headers: &[&'static str]) -> Self {
        self.success.headers.extend_from_slice(headers);
        self
    }

    /// Answers one versioned thing. Reading it can be spared; changing it can be made to depend on its version.
    pub(super) fn versioned(self) -> Self {
        let reads = self.method == Method::GET;
        let mut operation = self.with_headers(&["ETag"]);
        if reads {
            operation.headers.push("If-None-Match");
            return operation;
        }
        operation.depending_on_version()
    }

    /// Changes a versioned thing, if `If-Match` allows.
    pub(super) fn depending_on_version(mut self) -> Self {
        self.headers.push("If-Match");
        self.may_be(ProblemCode::MalformedIfMatch)
            .may_be(ProblemCode::VersionMismatch)
            .may_be(ProblemCode::Conflict)
    }

    /// Makes a thing, and says where it is.
    pub(super) fn creating<T: ToSchema>(self, description: &'static str) -> Self {
        self.answering::<T>(StatusCode::CREATED, description)
            .with_headers(&["ETag", "Location"])
    }

    /// Can be sent again safely, under an `Idempotency-Key`.
    pub(super) fn repeatable(mut self) -> Self {
        self.headers.push("Idempotency-Key");
        self.with_headers(&["Idempotent-Replayed"])
            .may_be(ProblemCode::MalformedIdempotencyKey)
            .may_be(ProblemCode::IdempotencyKeyInUse)
            .refusing(422, &["idempotency_key_reused"])
    }

    /// Waits, if the caller prefers that, for what follows from it; answers 202 when that takes longer.
    pub(super) fn waiting(mut self) -> Self {
        self.headers.push("Prefer");
        self.with_headers(&["Preference-Applied"])
    }

    /// What the path names may be absent, or not the caller's.
    pub(super) fn finding(self, what: &str) -> Self {
        self.with_refusal(404, format!("{what}_not_found"))
    }

    /// Can be refused with one of web's own codes.
    pub(super) fn may_be(self, code: ProblemCode) -> Self {
        self.with_refusal(code.status().as_u16(), code.name().to_owned())
    }

    /// Can be refused by rules, with these codes.
    pub(super) fn refusing(self, status: u16, codes: &[&str]) -> Self {
        codes.iter().fold(self, |operation, code| {
            operation.with_refusal(status, (*code).to_owned())
        })
    }

    fn with_refusal(mut self, status: u16, code: String) -> Self {
        let codes = self.refusals.entry(status).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
        self
    }

    /// Whether it is this route's.
    pub(super) fn is_of(&self, route: &RouteDescription) -> bool {
        self.method == route.method && self.path == route.path
    }
}
