//! How the contract differs from the one before endpoints were declared once: in nothing but what is listed here.
//!
//! `before_the_declarations.json` is the contract of the day before. When the next version of the API is released, both files can go.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::contract;

const BEFORE: &str = include_str!("before_the_declarations.json");

/// An intended difference.
struct Meant {
    what: &'static str,
    is: fn(&Difference) -> bool,
}

/// A position in the document, and the old and the new value.
struct Difference {
    place: String,
    before: Option<Value>,
    now: Option<Value>,
}

const MEANT: &[Meant] = &[
    Meant {
        what: "what traces a request is no parameter of an operation",
        is: |difference| {
            let of_components = TRACING.iter().map(|name| name.trim_start_matches('#'));
            difference.place == "/info/description"
                || of_components
                    .into_iter()
                    .any(|place| difference.place.starts_with(place))
        },
    },
    Meant {
        what: "a grant is one of its names",
        is: |difference| {
            difference.place.contains("Grant/properties/grant_type/")
                || difference
                    .place
                    .starts_with("/components/schemas/TokenRequest/discriminator/")
        },
    },
    Meant {
        what: "the contract names its server",
        is: |difference| {
            ["/servers/", "/components/schemas/Contract/"]
                .iter()
                .any(|place| difference.place.starts_with(place))
        },
    },
    Meant {
        what: "the operation that lists a product is createProduct",
        is: |difference| difference.place == "/paths/~1api~1v1~1products/post/operationId",
    },
    Meant {
        what: "fields that had no description have that of their struct",
        is: |difference| difference.place.ends_with("/description") && difference.before.is_none(),
    },
    Meant {
        what: "descriptions that said the same in several ways say it in one",
        is: |difference| {
            difference.place.ends_with("/description")
                && SAID_IN_ONE_WAY.iter().any(|part| difference.place.contains(part))
        },
    },
    Meant {
        what: "fields that are absent where there is nothing to tell are no longer said to be null then, which they never were",
        is: |difference| NEVER_NULL.iter().any(|field| difference.place.starts_with(field)),
    },
    Meant {
        what: "each problem is a component, with its facts",
        is: |difference| {
            let name = difference.place.strip_prefix("/components/schemas/");
            let name = name.and_then(|rest| rest.split('/').next());
            difference.before.is_none() && name.is_some_and(|name| name.ends_with("Problem"))
        },
    },
    Meant {
        what: "an order can be shipped to another address",
        is: |difference| {
            ANOTHER_ADDRESS
                .iter()
                .any(|place| difference.place.starts_with(place))
        },
    },
    Meant {
        what: "a body that says something is refused where invariants are looked at, as it was before",
        is: |difference| {
            difference
                .place
                .starts_with("/paths/~1api~1v1~1ops~1invariants/post/")
        },
    },
    Meant {
        what: "examples of problems show that problem",
        is: |difference| difference.place.contains("/application~1problem+json/examples/"),
    },
];

/// The additions with the route that changes an order's shipping address.
const ANOTHER_ADDRESS: [&str; 3] = [
    "/paths/~1api~1v1~1orders~1{order_id}~1shipping_address/",
    "/components/schemas/AddressGiven/example/",
    "/components/schemas/OrderAction/enum/",
];

const SAID_IN_ONE_WAY: [&str; 6] = [
    "/DeliveryState/",
    "/HeldDelivery/",
    "/HeldStatus/",
    "List/properties/next_cursor/",
    "/get/parameters/",
    "/ProductWithStock/properties/unit_price/",
];

const NEVER_NULL: [&str; 5] = [
    "/components/schemas/OrderLine/properties/stock/",
    "/components/schemas/TimelineDelivery/properties/attempts/",
    "/components/schemas/TimelineEntry/properties/command_id/",
    "/components/schemas/TimelineEntry/properties/correlation_id/",
    "/components/schemas/TimelineEntry/properties/private/",
];

/// The parameters that are no longer listed anywhere.
const TRACING: [&str; 2] = [
    "#/components/parameters/Request-Id",
    "#/components/parameters/traceparent",
];

/// The document in a normal form: references to responses are resolved, an object of several inline parts becomes one, and lists
/// without an order are sorted.
fn normal(document: &Value, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            if let Some(reference) = reference.filter(|reference| reference.contains("/responses/")) {
                return normal(
                    document,
                    document.pointer(reference.trim_start_matches('#')).unwrap(),
                );
            }
            let fields = fields.iter().map(|(name, value)| match name.as_str() {
                "application/problem+json" => (name.clone(), refusals(document, value)),
                _ => (name.clone(), normal(document, value)),
            });
            merged(fields.collect())
        }
        Value::Array(items) => {
            let items = items
                .iter()
                .filter(|item| !TRACING.iter().any(|name| item["$ref"] == *name));
            let mut items: Vec<Value> = items.map(|item| normal(document, item)).collect();
            if items.iter().all(Value::is_string) {
                items.sort_by(|left, right| left.as_str().cmp(&right.as_str()));
            }
            items.into()
        }
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        other => other.clone(),
    }
}

/// Of a refusal, the possible codes. Before, they were listed; now each is a component.
fn refusals(document: &Value, content: &Value) -> Value {
    let listed = &content["schema"]["allOf"][1]["properties"]["code"]["enum"];
    let mut codes: Vec<String> = match listed.as_array() {
        Some(codes) => codes
            .iter()
            .map(|code| code.as_str().unwrap().to_owned())
            .collect(),
        None => {
            let one = [content["schema"].clone()];
            let several = content["schema"]["oneOf"]
                .as_array()
                .map_or(one.as_slice(), Vec::as_slice);
            let code_of = |schema: &Value| {
                let component = document.pointer(schema["$ref"].as_str().unwrap().trim_start_matches('#'));
                let code = &component.unwrap()["allOf"][1]["properties"]["code"]["enum"][0];
                code.as_str().unwrap().to_owned()
            };
            several.iter().map(code_of).collect()
        }
    };
    codes.sort();
    json!({"codes": codes, "examples": content["examples"]})
}

fn merged(mut fields: Map<String, Value>) -> Value {
    let parts = fields
        .get("allOf")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if parts.is_empty() || !parts.iter().all(|part| part["properties"].is_object()) {
        return fields.into();
    }
    fields.remove("allOf");
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in &parts {
        properties.extend(part["properties"].as_object().unwrap().clone());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    required.sort_by(|left, right| left.as_str().cmp(&right.as_str()));
    fields.insert("type".to_owned(), "object".into());
    fields.insert("properties".to_owned(), properties.into());
    fields.insert("required".to_owned(), required.into());
    fields.into()
}

/// Every value of the document by its position.
fn leaves(place: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                leaves(&format!("{place}/{name}"), value, found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                leaves(&format!("{place}/{index}"), value, found);
            }
        }
        other => {
            found.insert(place.to_owned(), other.clone());
        }
    }
}

fn differences() -> Vec<Difference> {
    let of = |document: &Value| {
        let mut normal = normal(document, document);
        // Each is at its uses, too.
        normal["components"]["responses"].take();
        let mut found = BTreeMap::new();
        leaves("", &normal, &mut found);
        found
    };
    let (before, now) = (of(&serde_json::from_str(BEFORE).unwrap()), of(&contract()));
    let places: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let differing = places
        .into_iter()
        .filter(|place| before.get(*place) != now.get(*place));
    differing
        .map(|place| Difference {
            place: place.clone(),
            before: before.get(place).cloned(),
            now: now.get(place).cloned(),
        })
        .collect()
}

#[test]
fn the_contract_differs_from_the_one_before_in_what_is_meant_and_in_nothing_else() {
    let differences = differences();
    let text = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
    let unmeant: Vec<String> = differences
        .iter()
        .filter(|difference| !MEANT.iter().any(|meant| (meant.is)(difference)))
        .map(|difference| {
            let (before, now) = (text(&difference.before), text(&difference.now));
            format!("{}: found {now}, before {before}", difference.place)
        })
        .collect();
    assert!(
        unmeant.is_empty(),
        "{} differences:\n{}",
        unmeant.len(),
        unmeant.join("\n")
    );
    for meant in MEANT {
        assert!(
            differences.iter().any(meant.is),
            "there is no longer: {}",
            meant.what
        );
    }
}
