//! Where callers can put values: read from the server's contract and, for the pages, which are in no contract, from the table of `docs/API.md`,
//! which another test compares with the routes. So a new route is tested without a change here.

use acceptance::answer::text;
use reqwest::Method;
use serde_json::{Map, Value, json};

const API_DOCUMENT: &str = include_str!("../../../../docs/API.md");

/// The headers that no operation lists, since any request may carry them.
const OF_ANY_REQUEST: [&str; 2] = ["Request-Id", "traceparent"];

/// One operation, with every place for a value.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// With `{parameters}`.
    pub(crate) path: String,
    pub(crate) places: Vec<Place>,
    pub(crate) body: Body,
}

/// What goes with a request.
#[derive(Clone)]
pub(crate) enum Body {
    Nothing,
    Json(Value),
    Form(Vec<String>),
    /// A form of a page, which needs the token of the page.
    PageForm(Vec<String>),
}

/// The place of a value.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In the braces of the path.
    Path(String),
    Query(String),
    Header(String),
    /// Where the JSON pointer says.
    Json(String),
    Form(String),
}

/// All operations of a contract.
pub(crate) fn operations(contract: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in contract["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let parameters = parameters
                .iter()
                .map(|parameter| parameter_place(resolved(contract, parameter)));
            let of_any_request = OF_ANY_REQUEST.map(|name| Place::Header(name.to_owned()));
            let places: Vec<Place> = parameters.chain(of_any_request).collect();
            for body in bodies(contract, &operation["requestBody"]["content"]) {
                let mut places = places.clone();
                places.extend(places_in(&body));
                operations.push(Operation {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    places,
                    body,
                });
            }
        }
    }
    operations
}

/// All pages.
pub(crate) fn pages() -> Vec<Operation> {
    let (_, pages) = API_DOCUMENT.split_once("### Pages for operators").unwrap();
    let (pages, _) = pages.split_once("\n### ").unwrap();
    pages.lines().filter_map(page).collect()
}

fn page(row: &str) -> Option<Operation> {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let ["", route, who, takes, _, ""] = cells[..] else {
        return None;
    };
    let (method, path) = route.strip_prefix('`')?.strip_suffix('`')?.split_once(' ')?;
    let named: Vec<&str> = takes.split('`').skip(1).step_by(2).collect();
    let braces = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut places: Vec<Place> = braces.map(|name| Place::Path(name.to_owned())).collect();
    let body = if takes.starts_with("a form") {
        let fields: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        if who == "public" {
            Body::Form(fields)
        } else {
            Body::PageForm(fields)
        }
    } else {
        let queries = named
            .iter()
            .filter_map(|name| name.strip_prefix('?')?.strip_suffix('='));
        places.extend(queries.map(|name| Place::Query(name.to_owned())));
        Body::Nothing
    };
    places.extend(places_in(&body));
    Some(Operation {
        method: method.parse().unwrap(),
        path: path.to_owned(),
        places,
        body,
    })
}

fn parameter_place(parameter: &Value) -> Place {
    let name = text(&parameter["name"]);
    match text(&parameter["in"]).as_str() {
        "path" => Place::Path(name),
        "query" => Place::Query(name),
        "header" => Place::Header(name),
        other => panic!("{name} stands in {other}, and nobody here knows how to put a value there"),
    }
}

/// Each kind of body that an operation takes, with all its fields; nothing, if it takes none.
fn bodies(contract: &Value, content: &Value) -> Vec<Body> {
    let Some(content) = content.as_object() else {
        return vec![Body::Nothing];
    };
    content
        .iter()
        .flat_map(|(media_type, content)| {
            let schema = resolved(contract, &content["schema"]);
            let schemas = schema["oneOf"]
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![schema.clone()]);
            schemas.into_iter().map(move |schema| {
                let sample = sample(contract, &schema, &Value::Null);
                match media_type.as_str() {
                    "application/json" => Body::Json(sample),
                    _ => Body::Form(sample.as_object().unwrap().keys().cloned().collect()),
                }
            })
        })
        .collect()
}

fn places_in(body: &Body) -> Vec<Place> {
    match body {
        Body::Nothing => Vec::new(),
        Body::Json(sample) => {
            let mut pointers = Vec::new();
            leaves(sample, "", &mut pointers);
            pointers.into_iter().map(Place::Json).collect()
        }
        Body::Form(fields) | Body::PageForm(fields) => fields.iter().cloned().map(Place::Form).collect(),
    }
}

fn leaves(value: &Value, at: &str, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), pointers)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| leaves(value, &format!("{at}/{index}"), pointers)),
        _ => pointers.push(at.to_owned()),
    }
}

fn resolved<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => contract.pointer(&reference[1..]).unwrap(),
        None => value,
    }
}

/// A value of a schema with every field that it may have. What the example above it says counts first, then the schema's own.
fn sample(contract: &Value, schema: &Value, given: &Value) -> Value {
    let schema = resolved(contract, schema);
    let example = if given.is_null() {
        &schema["example"]
    } else {
        given
    };
    if let Some(choices) = schema["oneOf"].as_array() {
        let something = choices.iter().find(|choice| choice["type"] != "null").unwrap();
        return sample(contract, something, example);
    }
    if let Some(fields) = schema["properties"].as_object() {
        let sampled = fields
            .iter()
            .map(|(name, schema)| (name.clone(), sample(contract, schema, &example[name])));
        return Value::Object(sampled.collect::<Map<_, _>>());
    }
    if schema["type"] == "array" {
        return json!([sample(contract, &schema["items"], &example[0])]);
    }
    let first = &schema["enum"][0];
    match (example, first) {
        (Value::Null, Value::Null) => match &schema["minimum"] {
            Value::Null => json!("text"),
            least => least.clone(),
        },
        (Value::Null, first) => first.clone(),
        (example, _) => example.clone(),
    }
}
