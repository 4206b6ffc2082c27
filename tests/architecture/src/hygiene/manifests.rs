//! Members' manifests: versions and features are only in the root's `[workspace.dependencies]`, and every crate
//! takes the workspace's lints. Only features for tests are in the manifests of the crates that test with them.

use crate::{SourceFile, Violation};

/// Checks the manifests of the members.
pub fn check(manifests: &[SourceFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut dependencies = 0;
    for manifest in manifests {
        let mut section = "";
        let mut takes_lints = false;
        for (index, line) in manifest.text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if let Some(header) = line.strip_prefix('[') {
                section = header.trim_end_matches(']');
            }
            takes_lints |= section == "lints" && without_spaces(line) == "workspace=true";
            // `[dependencies.name]` is a section as well, and holds what a member does not say.
            let in_dependencies = section.contains("dependencies") && !line.is_empty();
            let plain_header = line.starts_with('[') && section.ends_with("dependencies");
            if !in_dependencies || plain_header {
                continue;
            }
            dependencies += 1;
            let line_says = without_spaces(line);
            let adds_features = section == "dev-dependencies"
                && line_says.contains("={workspace=true,features=[")
                && line_says.ends_with("]}");
            if !line_says.ends_with(".workspace=true") && !adds_features {
                violations.push(Violation::new(
                    format!("{}:{}", manifest.path, index + 1),
                    format!("found `{line}`, expected `name.workspace = true` and nothing more"),
                    "state version and features in the root Cargo.toml, under [workspace.dependencies]",
                ));
            }
        }
        if !takes_lints {
            violations.push(Violation::new(
                &manifest.path,
                "found a crate that does not take the workspace's lints",
                "add `[lints]` with `workspace = true`",
            ));
        }
    }
    if dependencies == 0 {
        violations.push(Violation::matched_nothing("crates/*/Cargo.toml", "dependencies"));
    }
    violations
}

fn without_spaces(line: &str) -> String {
    line.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let manifest = SourceFile::new("crates/web/Cargo.toml", text);
        check(&[manifest])
            .into_iter()
            .map(|violation| violation.found)
            .collect()
    }

    const LINTS: &str = "[lints]\nworkspace = true\n";

    #[test]
    fn a_member_that_takes_everything_from_the_workspace_is_clean() {
        let text = format!(
            "[package]\nversion.workspace = true\n{LINTS}[dependencies]\n# why\nserde.workspace = true # so\n"
        );
        assert_eq!(found(&text), Vec::<String>::new());
    }

    #[test]
    fn tests_may_add_features_and_nothing_else() {
        let with = |line| found(&format!("{LINTS}[dev-dependencies]\n{line}\n"));
        let features = r#"tokio = { workspace = true, features = ["test-util"] }"#;
        assert_eq!(with(features), Vec::<String>::new());
        let version = r#"tokio = { version = "1", features = ["test-util"] }"#;
        assert_eq!(with(version).len(), 1);
    }

    #[test]
    fn a_version_is_found_in_every_form_and_section() {
        for planted in [
            "[dependencies]\nserde = \"1\"",
            "[dependencies]\nserde = { workspace = true, features = [\"rc\"] }",
            "[dev-dependencies]\nserde = { version = \"1\" }",
            "[build-dependencies]\nserde = { path = \"../serde\" }",
            "[target.'cfg(windows)'.dependencies]\nserde = \"1\"",
            "[dependencies.serde]",
        ] {
            let violations = found(&format!("{LINTS}{planted}\n"));
            assert!(
                violations.len() == 1 && violations[0].contains("serde"),
                "{planted}: {violations:?}"
            );
        }
    }

    #[test]
    fn a_crate_with_lints_of_its_own_is_found() {
        let text = "[lints.rust]\nunsafe_code = \"warn\"\n[dependencies]\nserde.workspace = true\n";
        assert_eq!(
            found(text),
            ["found a crate that does not take the workspace's lints"]
        );
    }

    #[test]
    fn manifests_without_dependencies_prove_nothing() {
        assert!(found(LINTS)[0].starts_with("found nothing to check"));
    }
}
