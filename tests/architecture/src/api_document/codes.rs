//! The codes in the source, by where they are written.

use super::Told;
use crate::{SourceFile, Violation, rust_text::RustText};

const PROBLEM_CODES: &str = "crates/web/src/codes/found_by_web.rs";
const FIELD_CODES: &str = "crates/web/src/field_errors.rs";
const TOKEN_ERRORS: &str = "crates/web/src/tokens.rs";
const MONEY_ERRORS: &str = "crates/shared_kernel/src/money_error.rs";
/// How a refusal is written, and the status of its kind.
const REFUSALS: [(&str, &str); 2] = [
    ("new(RefusalKind::Value, ", "422"),
    ("new(RefusalKind::State, ", "409"),
];
/// A file's text without its comments and tests, with one space wherever there was any white space.
pub(super) fn working_text(file: &SourceFile) -> String {
    let test_lines = RustText::of(&file.text).test_lines();
    let is_for_tests = |line: usize| test_lines.iter().any(|lines| lines.contains(&line));
    let lines = file.text.lines().enumerate();
    let words: Vec<&str> = lines
        .filter(|(index, line)| !line.trim_start().starts_with("//") && !is_for_tests(index + 1))
        .flat_map(|(_, line)| line.split_whitespace())
        .collect();
    words.join(" ").replace("( ", "(")
}

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
    let refusals: Vec<Refusal> = files.iter().flat_map(refusals).collect();
    let readable = refusals
        .iter()
        .filter_map(|refusal| refusal.as_ref().ok())
        .flatten();
    take(
        "crates",
        "Refusal::new(RefusalKind::…, …)",
        readable.cloned().collect(),
    );
    violations.extend(refusals.into_iter().filter_map(Result::err));
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

type Refusal = Result<Vec<Told>, Violation>;

/// The codes of the refusals in a file: right behind the kind, or given to a closure named `refusal`.
fn refusals(file: &SourceFile) -> Vec<Refusal> {
    let mut found = Vec::new();
    for (marker, status) in REFUSALS {
        for rest in file.text.split(marker).skip(1) {
            let codes = if let Some(code) = literal(rest) {
                vec![code]
            } else if rest.starts_with("code,") {
                literals_behind(&file.text, " refusal(")
            } else if rest.starts_with("error.code(),") {
                // Money's, which have a list of their own.
                continue;
            } else {
                Vec::new()
            };
            found.push(if codes.is_empty() {
                Err(Violation::new(
                    &file.path,
                    "found a refusal whose code is not written beside its kind",
                    "write the code as a literal behind the kind, or teach this checker to find it",
                ))
            } else {
                Ok(codes
                    .into_iter()
                    .map(|code| Told::new(code, status, &file.path))
                    .collect())
            });
        }
    }
    found
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let after = text.split_once(from).map_or("", |(_, after)| after);
    after.split(to).next().unwrap_or_default()
}

/// The string literals of a text that holds no escapes.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

/// The string literals right behind `marker`.
fn literals_behind<'a>(text: &'a str, marker: &str) -> Vec<&'a str> {
    text.split(marker).skip(1).filter_map(literal).collect()
}

/// The string literal that a text begins with.
fn literal(text: &str) -> Option<&str> {
    text.strip_prefix('"')?
        .split_once('"')
        .map(|(literal, _)| literal)
}
