//! What an endpoint takes, answers and refuses, as data.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use schema::{Components, HasSchema, Value};

use super::Policy;
use crate::codes::{self, Code};

/// Makes a schema.
pub(crate) type SchemaOf = fn(&mut Components) -> Value;

/// What one endpoint takes and answers.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    /// The names of its request headers.
    pub(crate) headers: Vec<&'static str>,
    pub(crate) body: Option<BodyTaken>,
    /// The fields of a page's form, beside its token.
    pub(crate) form_of_page: Option<&'static [&'static str]>,
    pub(crate) success: Success,
    pub(crate) refusals: BTreeMap<u16, Vec<&'static Code>>,
    /// Whether its errors have the shape of RFC 6749.
    pub(crate) in_oauth_shape: bool,
}

/// A parameter of the path or of the query.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: &'static str,
    pub(crate) required: bool,
    pub(crate) description: &'static str,
    pub(crate) schema: SchemaOf,
}

/// A request body.
pub(crate) struct BodyTaken {
    pub(crate) media_type: &'static str,
    pub(crate) schema: SchemaOf,
    pub(crate) required: bool,
}

/// The answer when it succeeds.
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    pub(crate) description: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) schema: SchemaOf,
    /// The component's name and description, of an answer that is a list.
    pub(crate) list: Option<(&'static str, &'static str)>,
    /// The names of headers beyond those that all answers have.
    pub(crate) headers: Vec<&'static str>,
}

impl Operation {
    pub(super) fn new(method: &Method, path: &'static str, policy: Policy, answer: SchemaOf) -> Self {
        let in_braces = |segment: &'static str| segment.strip_prefix('{')?.strip_suffix('}');
        let ids = path.split('/').filter_map(in_braces).map(|name| Parameter {
            name,
            place: "path",
            required: true,
            description: "",
            schema: uuid::Uuid::schema,
        });
        let mut operation = Self {
            id: "",
            summary: "",
            description: "",
            parameters: ids.collect(),
            headers: Vec::new(),
            body: None,
            form_of_page: None,
            success: Success {
                status: StatusCode::OK,
                description: "",
                media_type: "application/json",
                schema: answer,
                list: None,
                headers: Vec::new(),
            },
            refusals: BTreeMap::new(),
            in_oauth_shape: false,
        };
        operation.refusing(&[codes::INTERNAL_ERROR, codes::BUSY, codes::DEPENDENCY_UNAVAILABLE]);
        if *method != Method::GET {
            operation.refusing(&[codes::STORAGE_FULL, codes::OUTCOME_UNKNOWN]);
        }
        match policy {
            Policy::Public => {}
            Policy::Authenticated | Policy::Owner => {
                operation.refusing(&[codes::MISSING_TOKEN, codes::INVALID_TOKEN]);
            }
            Policy::Staff | Policy::Admin | Policy::Operator => operation.refusing(&[
                codes::MISSING_TOKEN,
                codes::INVALID_TOKEN,
                codes::INSUFFICIENT_ROLE,
            ]),
        }
        operation
    }

    pub(super) fn refusing(&mut self, codes: &[&'static Code]) {
        for code in codes {
            let known = self.refusals.entry(code.status).or_default();
            if !known.iter().any(|known| known.name == code.name) {
                known.push(code);
            }
        }
    }
}
