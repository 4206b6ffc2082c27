//! The codes in the source, by where they are written.

use super::Told;
use crate::{
    SourceFile, Violation,
    refused_codes::{self, RefusedCode, literal, literals_behind},
};

const PROBLEM_CODES: &str = "crates/web/src/codes/found_by_web.rs";
const FIELD_CODES: &str = "crates/web/src/field_errors.rs";
const TOKEN_ERRORS: &str = "crates/web/src/tokens.rs";
const MONEY_ERRORS: &str = "crates/shared_kernel/src/money_error.rs";

/// The codes in `files`, and what could not be read as one.
pub(super) fn of(files: &[SourceFile]) -> (Vec<Told>, Vec<Violation>) {
    let mut told = Vec::new();
    let mut violations = Vec::new();
    let text_of = |path| {
        files
            .iter()
            .find(|file| file.path == path)
            .map_or("", |file| &file.text)
    };
    let mut take = |place: &str, expected: &str, found: Vec<Told>| {
        if found.is_empty() {
            violations.push(Violation::matched_nothing(place, expected));
        }
        for code in found {
            if !told.contains(&code) {
                told.push(code);
            }
        }
    };
    let codes = between(text_of(PROBLEM_CODES), "FOUND_BY_WEB:", "}");
    take(
        PROBLEM_CODES,
        "codes! { … }",
        codes.split(';').filter_map(problem_code).collect(),
    );
    let codes = between(text_of(FIELD_CODES), "field_codes! {", "}");
    let codes = literals(codes).map(|code| Told::new(code, "in `errors`", FIELD_CODES));
    take(FIELD_CODES, "field_codes! { … }", codes.collect());
    let errors = between(
        text_of(TOKEN_ERRORS),
        "fn in_oauth_shape(",
        "problem.in_oauth_shape(",
    );
    let errors = literals(errors).map(|error| Told::new(error, "in `error`", TOKEN_ERRORS));
    take(TOKEN_ERRORS, "fn in_oauth_shape", errors.collect());
    let codes = between(text_of(MONEY_ERRORS), "fn code(", "} }");
    let codes = literals(codes).map(|code| Told {
        as_one_of: vec!["422".to_owned(), "in `errors`".to_owned()],
        ..Told::new(code, "", MONEY_ERRORS)
    });
    take(MONEY_ERRORS, "fn code", codes.collect());
    take(
        "crates",
        "NotFound { what: … }",
        files.iter().flat_map(not_found).collect(),
    );
    let (mut refused, mut unread) = (Vec::new(), Vec::new());
    for file in files {
        let (codes, not_read) = refused_codes::of(&file.path, &file.text);
        let with_status = |code: RefusedCode<'_>| {
            let status = if code.kind == "value" { "422" } else { "409" };
            Told::new(code.code, status, &file.path)
        };
        refused.extend(codes.into_iter().map(with_status));
        unread.extend(not_read);
    }
    take("crates", "Refusal::new(RefusalKind::…, …)", refused);
    violations.extend(unread);
    (told, violations)
}

/// `CONSTANT = "code", 400, "when", …`.
fn problem_code(entry: &str) -> Option<Told> {
    let (_, entry) = entry.split_once(" = \"")?;
    let (code, rest) = entry.split_once("\", ")?;
    Some(Told::new(code, rest.get(..3)?, PROBLEM_CODES))
}

/// What is absent: the kinds of things that a `NotFound` names.
fn not_found(file: &SourceFile) -> Vec<Told> {
    let whats = ["NotFound { what: ", "not_found("].map(|marker| literals_behind(&file.text, marker));
    // The second argument; the first is the parameter's name in the path.
    let in_paths = file.text.split("path_id(\"").skip(1);
    let in_paths = in_paths.filter_map(|rest| literal(rest.split_once("\", ")?.1));
    let whats = whats.into_iter().flatten().chain(in_paths);
    whats
        .map(|what| Told::new(&format!("{what}_not_found"), "404", &file.path))
        .collect()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let after = text.split_once(from).map_or("", |(_, after)| after);
    after.split(to).next().unwrap_or_default()
}

/// The string literals of a text that holds no escapes.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}
