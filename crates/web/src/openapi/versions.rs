//! The versions of OpenAPI that the contract is written in: 3.1, and 3.0 for generators that read no newer one.
//!
//! Both describe the same requests and answers. Where 3.0 has other keywords, those are used; nothing is left out but the role
//! that a bearer token needs, which stays in the description and in `x-policy`.

use std::{error::Error, fmt, str::FromStr};

use serde_json::{Map, Value, json};

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenApiVersion {
    /// 3.0.
    V3_0,
    /// 3.1.
    V3_1,
}

/// The text names no version that the contract is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownOpenApiVersion;

impl fmt::Display for UnknownOpenApiVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("expected 3.0 or 3.1")
    }
}

impl Error for UnknownOpenApiVersion {}

impl FromStr for OpenApiVersion {
    type Err = UnknownOpenApiVersion;

    fn from_str(text: &str) -> Result<Self, UnknownOpenApiVersion> {
        match text {
            "3.0" => Ok(Self::V3_0),
            "3.1" => Ok(Self::V3_1),
            _ => Err(UnknownOpenApiVersion),
        }
    }
}

/// The same document in 3.0.
pub(super) fn in_3_0(mut document: Value) -> Value {
    rewrite(&mut document);
    document["openapi"] = "3.0.3".into();
    document
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(rewrite);
            // A bearer token has no scopes there.
            if let Some(Value::Array(ways)) = fields.get_mut("security") {
                let tokens = ways.iter_mut().filter_map(|way| way.get_mut("token"));
                tokens.for_each(|scopes| *scopes = json!([]));
            }
            with_nullable(fields);
            with_lone_references(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        _ => {}
    }
}

/// There is no type `null`: a schema is `nullable`.
fn with_nullable(fields: &mut Map<String, Value>) {
    let is_null = |kind: &Value| kind == "null" || kind["type"] == "null";
    for key in ["type", "oneOf"] {
        let Some(Value::Array(alternatives)) = fields.get_mut(key) else {
            continue;
        };
        let before = alternatives.len();
        alternatives.retain(|alternative| !is_null(alternative));
        if alternatives.len() == before {
            continue;
        }
        let Some(only) = alternatives.pop() else { continue };
        fields.remove(key);
        match only {
            Value::Object(schema) => fields.extend(schema),
            kind => {
                fields.insert(key.to_owned(), kind);
            }
        }
        fields.insert("nullable".to_owned(), true.into());
    }
}

/// In 3.0 what is beside a reference is ignored: the reference goes one level down.
fn with_lone_references(fields: &mut Map<String, Value>) {
    if fields.len() > 1
        && let Some(reference) = fields.remove("$ref")
    {
        fields.insert("allOf".to_owned(), json!([{"$ref": reference}]));
    }
}
