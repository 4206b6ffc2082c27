//! How many public types a crate has that every context depends on: each of them has to be learned before a use case is written.
//!
//! Counted in the text: `pub struct`, `enum`, `union`, `trait` and `type`, wherever in the crate they are. What is public
//! within the crate only (`pub(crate)`) does not count, nor what is for tests only.

use crate::{SourceFile, Violation, rust_text::RustText};

/// The most public types of a crate.
pub const LIMITS: &[(&str, usize)] = &[("message_bus", 30)];

const KINDS: [&str; 5] = ["struct", "enum", "union", "trait", "type"];

/// Checks each limit; one for a crate without public types is a violation itself.
pub fn check(limits: &[(&str, usize)], rust: &[SourceFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (name, most) in limits {
        let sources = format!("crates/{name}/src/");
        let types: Vec<String> = rust
            .iter()
            .filter(|file| file.path.starts_with(&sources) && !file.is_for_tests())
            .flat_map(public_types)
            .collect();
        if types.is_empty() {
            violations.push(Violation::matched_nothing(&sources, "public types"));
        } else if types.len() > *most {
            violations.push(Violation::new(
                sources,
                format!(
                    "found {} public types, expected at most {most}: {}",
                    types.len(),
                    types.join(", ")
                ),
                "move what no context needs to see to the crate that needs it, or make it `pub(crate)`",
            ));
        }
    }
    violations
}

fn public_types(file: &SourceFile) -> Vec<String> {
    let text = RustText::of(&file.text);
    let test_lines = text.test_lines();
    let words = text.words();
    let declared = words.windows(3).filter_map(|window| match window {
        [(line, "pub"), (_, kind), (_, name)] if KINDS.contains(kind) => Some((*line, *name)),
        _ => None,
    });
    declared
        .filter(|(line, _)| !test_lines.iter().any(|lines| lines.contains(line)))
        .map(|(_, name)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUS: &str = "//! A bus.\n/// pub struct InAComment\npub struct Command;\npub(crate) struct Hidden;\n\
        pub trait Handles { type Output; }\npub enum Actor { Nobody }\npub type Alias = u8;\n\
        pub fn f() -> &'static str { \"pub struct InAString\" }\n\
        #[cfg(test)]\nmod tests { pub struct InTests; }\n";

    fn found(limits: &[(&str, usize)], files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(path, text)| SourceFile::new(*path, *text))
            .collect();
        let violations = check(limits, &files);
        violations.into_iter().map(|violation| violation.found).collect()
    }

    #[test]
    fn as_many_public_types_as_allowed_are_clean() {
        let files = [("crates/bus/src/lib.rs", BUS)];
        assert_eq!(found(&[("bus", 4)], &files), Vec::<String>::new());
    }

    #[test]
    fn one_public_type_more_than_allowed_is_found_with_all_their_names() {
        let files = [
            ("crates/bus/src/lib.rs", BUS),
            ("crates/bus/src/more.rs", "pub struct More;"),
            ("crates/bus/src/tests.rs", "pub struct ForTests;"),
            ("crates/other/src/lib.rs", "pub struct Elsewhere;"),
        ];
        assert_eq!(
            found(&[("bus", 4)], &files),
            ["found 5 public types, expected at most 4: Command, Handles, Actor, Alias, More"]
        );
    }

    #[test]
    fn a_limit_for_a_crate_without_public_types_proves_nothing() {
        let files = [("crates/bus/src/lib.rs", "//! Empty.")];
        assert!(found(&[("bus", 4)], &files)[0].starts_with("found nothing to check"));
    }
}
