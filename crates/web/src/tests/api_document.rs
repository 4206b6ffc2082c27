//! The tables of `docs/API.md` that are made from the declarations: between a line that says so and `<!-- end -->`.

use schema::{Components, Value};

use super::generated;
use crate::{
    FieldCode,
    codes::{self, Code},
    endpoint::{Endpoint, Operation},
    routes,
};

const PATH: &str = "docs/API.md";
const BEGIN: &str = "<!-- made from the declarations: ";
const END: &str = "<!-- end -->";

/// What the document says once about all routes, or about all that take a body, a key or a version.
const SAID_ONCE: &[&Code] = &[
    codes::MALFORMED_JSON,
    codes::JSON_TOO_DEEP,
    codes::MISSING_BODY,
    codes::INCOMPLETE_BODY,
    codes::MALFORMED_IDEMPOTENCY_KEY,
    codes::MALFORMED_IF_MATCH,
    codes::MISSING_TOKEN,
    codes::INVALID_TOKEN,
    codes::INSUFFICIENT_ROLE,
    codes::BODY_TOO_SLOW,
    codes::CONFLICT,
    codes::IDEMPOTENCY_KEY_IN_USE,
    codes::IDEMPOTENCY_KEY_REUSED,
    codes::VERSION_MISMATCH,
    codes::BODY_TOO_LARGE,
    codes::UNSUPPORTED_MEDIA_TYPE,
    codes::VALUE_REFUSED,
    codes::INVALID_BODY,
    codes::INVALID_QUERY,
    codes::INTERNAL_ERROR,
    codes::BUSY,
    codes::DEPENDENCY_UNAVAILABLE,
    codes::STORAGE_FULL,
    codes::OUTCOME_UNKNOWN,
];

#[test]
fn the_tables_of_the_document_are_those_of_the_declarations() {
    let committed = generated::committed(PATH);
    let mut made = String::new();
    let mut tables = 0;
    let mut lines = committed.lines();
    while let Some(line) = lines.next() {
        made += &format!("{line}\n");
        let Some(name) = line
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        made += &format!("{}{END}\n", table(name));
        tables += 1;
        assert!(lines.any(|line| line == END), "{name} has no {END}");
    }
    // Of each group of endpoints, and of each kind of code.
    assert_eq!(tables, routes::table().len() + 4);
    generated::assert_written(PATH, &committed, &made);
}

fn table(name: &str) -> String {
    match name {
        "codes that web finds" => of_codes(codes::FOUND_BY_WEB),
        "codes of what is not there" => of_codes(codes::NOT_THERE),
        "codes of rules and use cases" => of_codes(codes::REFUSED),
        "codes in errors" => of_field_codes(),
        name => {
            let mut groups = routes::table().into_iter();
            let group = groups.find(|group| name == format!("routes of {}", group.name));
            of_routes(
                &group
                    .unwrap_or_else(|| panic!("there is no table {name}"))
                    .endpoints,
            )
        }
    }
}

fn of_codes(codes: &[&Code]) -> String {
    let rows = codes
        .iter()
        .map(|code| format!("| `{}` | {} | {} |\n", code.name, code.status, code.when));
    format!(
        "| code | status | when |\n|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn of_field_codes() -> String {
    let rows = FieldCode::ALL.iter().map(|code| {
        let mut when = code.when().trim().trim_end_matches('.').to_owned();
        when[..1].make_ascii_lowercase();
        format!("| `{}` | in `errors` | {when} |\n", code.name())
    });
    format!(
        "| code | status | what is wrong with the field or parameter |\n|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn of_routes(endpoints: &[Endpoint]) -> String {
    let rows = endpoints.iter().map(|endpoint| {
        let (route, operation) = (&endpoint.route, &endpoint.operation);
        let (takes, answers) = if route.is_page() {
            (takes(operation), operation.description.to_owned())
        } else {
            (takes(operation), answers(operation))
        };
        let policy = route.policy.name();
        format!(
            "| `{} {}` | {policy} | {takes} | {answers} |\n",
            route.method, route.path
        )
    });
    format!(
        "| route | who | takes | answers |\n|---|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn takes(operation: &Operation) -> String {
    let query = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.place == "query");
    let mut taken: Vec<String> = query.map(|parameter| format!("`?{}=`", parameter.name)).collect();
    if let Some(fields) = operation.form_of_page {
        let fields: Vec<String> = fields.iter().map(|name| format!("`{name}`")).collect();
        let colon = if fields.is_empty() { "" } else { ": " };
        taken.push(format!("a form{colon}{}", fields.join(", ")));
    }
    if let Some(body) = &operation.body {
        let mut components = Components::default();
        let schema = (body.schema)(&mut components);
        let schema = components.resolved(schema);
        let alternatives = match schema["oneOf"].as_array() {
            Some(several) => several.clone(),
            None => vec![schema],
        };
        let fields = alternatives
            .into_iter()
            .map(|schema| fields(&components.resolved(schema)));
        let fields = fields.collect::<Vec<_>>().join(" or ");
        let form = if body.media_type.ends_with("urlencoded") {
            "a form: "
        } else {
            ""
        };
        taken.push(match (fields.as_str(), body.required) {
            ("`{}`", _) => "nothing".to_owned(),
            (fields, true) => format!("{form}{fields}"),
            (fields, false) => format!("{form}{fields} or nothing"),
        });
    }
    taken.join(", ")
}

/// An object's fields, with a question mark behind those that may be absent.
fn fields(schema: &Value) -> String {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let names = schema["properties"].as_object().into_iter().flatten();
    let names = names.map(|(name, _)| {
        let optional = if required.contains(&Value::from(name.as_str())) {
            ""
        } else {
            "?"
        };
        format!("{name}{optional}")
    });
    format!("`{{{}}}`", names.collect::<Vec<_>>().join(", "))
}

fn answers(operation: &Operation) -> String {
    let success = &operation.success;
    let headers: String = success.headers.iter().map(|name| format!(", `{name}`")).collect();
    let about = format!("{} {}", success.description, operation.description);
    let mut answers = vec![format!(
        "{}{headers}: {}",
        success.status.as_str(),
        about.trim_end()
    )];
    for (status, codes) in &operation.refusals {
        let own = codes
            .iter()
            .filter(|code| !SAID_ONCE.iter().any(|known| known.name == code.name));
        let names: Vec<String> = own.map(|code| format!("`{}`", code.name)).collect();
        if !names.is_empty() {
            answers.push(format!("{status} {}", names.join(", ")));
        }
    }
    answers.join(" · ")
}
