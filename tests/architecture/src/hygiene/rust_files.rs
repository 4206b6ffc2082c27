//! Rust files: how they begin, how long they are, their names, and what they must not contain.

use crate::{SourceFile, Violation, rust_text::RustText};

/// The most lines of a file; past that there is a second idea in it.
const LONGEST_FILE: usize = 300;
/// Names that say nothing about what is inside.
const NAMES_OF_NOTHING: &[&str] = &["mod", "util", "utils", "common", "helper", "helpers", "misc"];
/// What the pure crates must not contain, because it is I/O, time or concurrency.
const NOT_PURE: &[&[&str]] = &[
    &["async"],
    &["std", "::", "fs"],
    &["std", "::", "io"],
    &["std", "::", "net"],
    &["std", "::", "process"],
    &["std", "::", "thread"],
];

/// Checks all Rust files; `our_crates` are the names of the workspace's own.
pub fn check(our_crates: &[&str], files: &[SourceFile]) -> Vec<Violation> {
    if files.is_empty() || our_crates.is_empty() {
        return vec![Violation::matched_nothing(
            "**/*.rs",
            "Rust files and workspace crates",
        )];
    }
    let mut violations = Vec::new();
    for file in files {
        violations.extend(shape(file));
        violations.extend(words(our_crates, file));
    }
    violations
}

fn shape(file: &SourceFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    let lines = file.text.lines().count();
    if lines > LONGEST_FILE {
        violations.push(Violation::new(
            &file.path,
            format!("found {lines} lines, expected at most {LONGEST_FILE}"),
            "find the second idea in it, and give that a file",
        ));
    }
    if !file.text.starts_with("//!") {
        violations.push(Violation::new(
            format!("{}:1", file.path),
            "found no `//!` at the beginning",
            "say first what the file is for, and what is deliberately not there",
        ));
    }
    if let Some(name) = file
        .path
        .split('/')
        .map(without_extension)
        .find(|name| NAMES_OF_NOTHING.contains(name))
    {
        violations.push(Violation::new(
            &file.path,
            format!("found the name `{name}`"),
            "name the file after what is in it; a module's root is `name.rs` beside its folder",
        ));
    }
    violations
}

fn without_extension(part: &str) -> &str {
    part.strip_suffix(".rs").unwrap_or(part)
}

fn words(our_crates: &[&str], file: &SourceFile) -> Vec<Violation> {
    let text = RustText::of(&file.text);
    let words = text.words();
    let test_lines = text.test_lines();
    let is_test_file = file.is_for_tests();
    let is_pure = is_pure(&file.path);
    let mut violations = Vec::new();
    let mut report = |line: usize, found: &str, remedy: &str| {
        violations.push(Violation::new(format!("{}:{line}", file.path), found, remedy));
    };
    for (position, (line, _)) in words.iter().enumerate() {
        let rest = words.get(position..).unwrap_or_default();
        let says = |expected: &[&str]| begins_with(rest, expected);
        let in_test = is_test_file || test_lines.iter().any(|lines| lines.contains(line));
        if says(&["#", "[", "ignore"]) {
            report(*line, "found a test that is ignored", "mend it or remove it");
        }
        if says(&["todo", "!"]) || says(&["unimplemented", "!"]) {
            report(*line, "found an unfinished place", "finish it");
        }
        if in_test && (says(&["thread", "::", "sleep"]) || says(&["time", "::", "sleep"])) {
            report(
                *line,
                "found a test that sleeps",
                "wait for the thing itself, with a deadline on it",
            );
        }
        if is_pure && NOT_PURE.iter().any(|expected| says(expected)) {
            report(
                *line,
                "found I/O or concurrency in a pure crate",
                "move it to the application or infrastructure",
            );
        }
        if let [(_, "mod"), (_, name), ..] = rest
            && NAMES_OF_NOTHING.contains(name)
        {
            report(
                *line,
                &format!("found the module name `{name}`"),
                "name it after what is in it",
            );
        }
        if says(&["pub", "use"]) || says(&["pub", "extern", "crate"]) {
            for name in first_segments(rest) {
                // A derive is named through the crate that has its trait, as serde's is.
                if our_crates.contains(&name) && !name.ends_with("_derive") {
                    report(
                        *line,
                        &format!("found items of `{name}` re-exported"),
                        "let who needs them name that crate",
                    );
                }
            }
        }
    }
    violations
}

fn is_pure(path: &str) -> bool {
    path.starts_with("crates/shared_kernel/src/")
        || path
            .strip_prefix("crates/")
            .and_then(|rest| rest.split('/').next())
            .is_some_and(|name| name.ends_with("_domain"))
}

fn begins_with(words: &[(usize, &str)], expected: &[&str]) -> bool {
    words.len() >= expected.len()
        && words
            .iter()
            .zip(expected)
            .all(|((_, word), expected)| word == expected)
}

/// The crates or modules that a `use` begins its paths with: one, or several in braces.
fn first_segments<'a>(words: &[(usize, &'a str)]) -> Vec<&'a str> {
    let mut segments = Vec::new();
    let mut depth = 0_usize;
    let mut at_path_start = true;
    for (_, word) in words.iter().skip(2).take_while(|(_, word)| *word != ";") {
        match *word {
            // A brace opens a list of paths only where a path begins: `{a::b, c}`, unlike `a::{b, c}`.
            "{" if at_path_start => {}
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "," => at_path_start = depth == 0,
            "::" if at_path_start => {}
            "crate" if at_path_start && words.get(1).is_some_and(|(_, second)| *second == "extern") => {}
            word if at_path_start => {
                segments.push(word);
                at_path_start = false;
            }
            _ => {}
        }
    }
    segments
}

#[cfg(test)]
mod tests;
