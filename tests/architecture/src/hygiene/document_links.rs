//! Links in the documents lead somewhere: to a file or folder of this tree. Links to the web are not followed.

use crate::{SourceFile, Violation};

/// Checks the documents against all files' paths.
pub fn check(documents: &[SourceFile], paths: &[String]) -> Vec<Violation> {
    let mut links = 0;
    let mut violations = Vec::new();
    for document in documents {
        for (index, line) in document.text.lines().enumerate() {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let target = link.split('#').next().unwrap_or_default();
                if target.is_empty() || target.contains(':') {
                    continue;
                }
                links += 1;
                let path = resolved(&document.path, target);
                let below = format!("{path}/");
                if !paths
                    .iter()
                    .any(|known| *known == path || known.starts_with(&below))
                {
                    violations.push(Violation::new(
                        format!("{}:{}", document.path, index + 1),
                        format!("found a link to {path}, which is not there"),
                        "correct the link, or say it without one",
                    ));
                }
            }
        }
    }
    if links == 0 {
        violations.push(Violation::matched_nothing("**/*.md", "links between files"));
    }
    violations
}

/// Where `target` leads from `document`, from the root.
fn resolved(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let paths = ["docs/API.md", "docs/adr/0001.md", "crates/web/src/lib.rs"].map(str::to_owned);
        let documents = [SourceFile::new("docs/API.md", text)];
        check(&documents, &paths)
            .into_iter()
            .map(|violation| violation.found)
            .collect()
    }

    #[test]
    fn links_to_files_folders_and_the_web_are_clean() {
        let text =
            "[a](../crates/web/src/lib.rs#L3) [b](adr/) [c](adr/0001.md) [d](https://example.org) [e](#here)";
        assert_eq!(found(text), Vec::<String>::new());
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        assert_eq!(
            found("[a](adr)\n[b](../crates/web/src/li)"),
            ["found a link to crates/web/src/li, which is not there"]
        );
    }

    #[test]
    fn documents_without_links_prove_nothing() {
        assert!(found("text")[0].starts_with("found nothing to check"));
    }
}
