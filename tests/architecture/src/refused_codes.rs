//! The codes with which rules and use cases refuse, read off the source text: right behind the kind, or given to a closure named
//! `refusal`.

use crate::{SourceFile, Violation, rust_text::RustText};

/// How a refusal is written, and the name of its kind.
const REFUSALS: [(&str, &str); 2] = [
    ("new(RefusalKind::Value, ", "value"),
    ("new(RefusalKind::State, ", "state"),
];

/// A code, and the kind of its refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RefusedCode<'a> {
    pub(crate) code: &'a str,
    pub(crate) kind: &'static str,
}

/// The codes in a [working text](working_text), and where one could not be read.
pub(crate) fn of<'a>(path: &str, text: &'a str) -> (Vec<RefusedCode<'a>>, Vec<Violation>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for (marker, kind) in REFUSALS {
        for rest in text.split(marker).skip(1) {
            let codes = if let Some(code) = literal(rest) {
                vec![code]
            } else if rest.starts_with("code,") {
                literals_behind(text, " refusal(")
            } else if rest.starts_with("error.code(),") {
                // Money's, which have a list of their own.
                continue;
            } else {
                Vec::new()
            };
            if codes.is_empty() {
                unread.push(Violation::new(
                    path,
                    "found a refusal whose code is not written beside its kind",
                    "write the code as a literal behind the kind, or teach this checker to find it",
                ));
            }
            found.extend(codes.into_iter().map(|code| RefusedCode { code, kind }));
        }
    }
    (found, unread)
}

/// A file's text without its comments and tests, with one space wherever there was any white space.
pub(crate) fn working_text(file: &SourceFile) -> String {
    let test_lines = RustText::of(&file.text).test_lines();
    let is_for_tests = |line: usize| test_lines.iter().any(|lines| lines.contains(&line));
    let lines = file.text.lines().enumerate();
    let words: Vec<&str> = lines
        .filter(|(index, line)| !line.trim_start().starts_with("//") && !is_for_tests(index + 1))
        .flat_map(|(_, line)| line.split_whitespace())
        .collect();
    words.join(" ").replace("( ", "(")
}

/// The string literals right behind `marker`.
pub(crate) fn literals_behind<'a>(text: &'a str, marker: &str) -> Vec<&'a str> {
    text.split(marker).skip(1).filter_map(literal).collect()
}

/// The string literal that a text begins with.
pub(crate) fn literal(text: &str) -> Option<&str> {
    text.strip_prefix('"')?
        .split_once('"')
        .map(|(literal, _)| literal)
}
