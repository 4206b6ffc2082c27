//! What is at the top of the repository: few things, so that a newcomer sees where to begin.

use std::collections::BTreeSet;

use crate::Violation;

/// Everything that may be there besides dotfiles.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "crates",
    "migrations",
    "tests",
    "docs",
    "Makefile",
    "README.md",
];

/// Checks the paths of all files.
pub fn check(paths: &[String]) -> Vec<Violation> {
    let entries: BTreeSet<&str> = paths.iter().filter_map(|path| path.split('/').next()).collect();
    if entries.is_empty() {
        return vec![Violation::matched_nothing(".", "files that git lists")];
    }
    entries
        .into_iter()
        .filter(|entry| !entry.starts_with('.') && !TOP_LEVEL.contains(entry))
        .map(|entry| {
            Violation::new(
                entry,
                "found an entry at the top level that has no place there",
                format!("move it into one of {}", TOP_LEVEL.join(", ")),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str]) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        check(&paths)
            .into_iter()
            .map(|violation| violation.place)
            .collect()
    }

    #[test]
    fn what_is_listed_and_dotfiles_may_stand_there() {
        assert_eq!(
            found(&["Cargo.toml", ".ci/run", ".rustfmt.toml", "crates/web/src/lib.rs"]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn anything_else_is_found_once() {
        assert_eq!(
            found(&["scripts/a.sh", "scripts/b.sh", "rustfmt.toml", "docs/API.md"]),
            ["rustfmt.toml", "scripts"]
        );
    }

    #[test]
    fn an_empty_listing_proves_nothing() {
        assert_eq!(found(&[]), ["."]);
    }
}
