//! Lines of documents are short enough to be read beside code. Tables and code keep their lines, and so does text that has no space
//! to break at: a long link, or a long `code span`.

use crate::{SourceFile, Violation};

/// The most characters of a line.
const LONGEST_LINE: usize = 120;

/// Checks the documents.
pub fn check(documents: &[SourceFile]) -> Vec<Violation> {
    if documents.is_empty() {
        return vec![Violation::matched_nothing("**/*.md", "documents")];
    }
    let mut violations = Vec::new();
    for document in documents {
        let mut in_code = false;
        for (index, line) in document.text.lines().enumerate() {
            let text = line.trim_start();
            if text.starts_with("```") {
                in_code = !in_code;
            } else if !in_code
                && !text.starts_with('|')
                && line.chars().count() > LONGEST_LINE
                && can_break(text)
            {
                violations.push(Violation::new(
                    format!("{}:{}", document.path, index + 1),
                    format!("found {} characters", line.chars().count()),
                    format!("break the line, so that it has at most {LONGEST_LINE}"),
                ));
            }
        }
    }
    violations
}

/// Whether there is a space in it outside of code spans, apart from the one after a list item's mark.
fn can_break(text: &str) -> bool {
    let text = text.strip_prefix("- ").unwrap_or(text);
    text.split('`').step_by(2).any(|outside| outside.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        check(&[SourceFile::new("docs/API.md", text)])
            .into_iter()
            .map(|violation| violation.place)
            .collect()
    }

    fn words(count: usize) -> String {
        "word ".repeat(count).trim_end().to_owned()
    }

    #[test]
    fn a_line_of_120_characters_is_clean_and_one_of_121_is_found() {
        let exactly = format!("{}x", words(24));
        assert_eq!(exactly.chars().count(), 120);
        assert_eq!(found(&exactly), Vec::<String>::new());
        assert_eq!(found(&format!("# Title\n\n{exactly}x\n")), ["docs/API.md:3"]);
    }

    #[test]
    fn characters_count_and_not_bytes() {
        assert_eq!(found(&"… ".repeat(60)), Vec::<String>::new());
    }

    #[test]
    fn tables_code_and_what_has_no_space_keep_their_lines() {
        let long = words(40);
        let link = format!("- [a](../{})", "x".repeat(200));
        let text = format!("| {long} |\n```sh\n{long}\n```\n{link}\n`{long}`\n");
        assert_eq!(found(&text), Vec::<String>::new());
    }

    #[test]
    fn text_after_code_is_looked_at() {
        assert_eq!(
            found(&format!("```sh\nls\n```\n{}", words(40))),
            ["docs/API.md:4"]
        );
    }

    #[test]
    fn no_documents_prove_nothing() {
        assert_eq!(check(&[]).len(), 1);
    }
}
