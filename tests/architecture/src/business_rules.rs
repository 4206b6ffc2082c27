//! The tables of `docs/BUSINESS_RULES.md` are made from the rules themselves: each rule file gives one row, with its own
//! sentence, codes and kinds, in the order in which its context's `rules.rs` lists the files.

use crate::{SourceFile, Violation, refused_codes};

/// The document's path.
pub const DOCUMENT: &str = "docs/BUSINESS_RULES.md";

const BEGIN: &str = "<!-- made from the rules of ";
const END: &str = "<!-- end -->";

/// The document as the rules among `files` make it, and what is wrong with them.
pub fn written(files: &[SourceFile], document: &str) -> (String, Vec<Violation>) {
    let (mut made, mut violations) = (String::new(), Vec::new());
    let mut rules: Vec<&SourceFile> = files.iter().filter(|file| is_rule(&file.path)).collect();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        made += &format!("{line}\n");
        let Some(context) = line
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        made += "| The rule | Code | Kind | File |\n|---|---|---|---|\n";
        let folder = format!("crates/{context}_domain/src/rules");
        let list = files.iter().find(|file| file.path == format!("{folder}.rs"));
        let listed = list.map_or("", |list| &list.text).lines();
        for name in listed.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
            let path = format!("{folder}/{name}.rs");
            let Some(place) = rules.iter().position(|rule| rule.path == path) else {
                continue; // The compiler says so.
            };
            let (row, unread) = row(name, rules.remove(place));
            made += &row;
            violations.extend(unread);
        }
        made += &format!("{END}\n");
        if !lines.any(|line| line == END) {
            violations.push(Violation::new(
                DOCUMENT,
                format!("found `{line}` without `{END}`"),
                "mark where the table ends",
            ));
        }
    }
    if !document.contains(BEGIN) {
        violations.push(Violation::matched_nothing(DOCUMENT, BEGIN));
    }
    violations.extend(rules.iter().map(|rule| {
        Violation::new(
            &rule.path,
            format!("found a rule that no table of {DOCUMENT} has"),
            format!(
                "list it in its context's rules.rs, and begin the context's table by `{BEGIN}<context> -->`"
            ),
        )
    }));
    (made, violations)
}

/// A rule file lies right in a domain crate's `rules` folder.
fn is_rule(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>().as_slice(),
        ["crates", name, "src", "rules", file] if name.ends_with("_domain") && file.ends_with(".rs")
    )
}

fn row(name: &str, rule: &SourceFile) -> (String, Vec<Violation>) {
    let text = refused_codes::working_text(rule);
    let (refused, mut violations) = refused_codes::of(&rule.path, &text);
    let sentence = first_paragraph(&rule.text);
    if sentence.is_empty() {
        violations.push(Violation::new(
            &rule.path,
            "found a rule without its sentence",
            "begin the file with `//!` and the statement that always holds",
        ));
    }
    let codes = listed(refused.iter().map(|refused| format!("`{}`", refused.code)));
    let kinds = listed(refused.iter().map(|refused| refused.kind.to_owned()));
    let path = &rule.path;
    let row = format!("| {sentence} | {codes} | {kinds} | [`{name}.rs`](../{path}) |\n");
    (row, violations)
}

/// Each once; a dash for none.
fn listed(words: impl Iterator<Item = String>) -> String {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    if found.is_empty() {
        "–".to_owned()
    } else {
        found.join(", ")
    }
}

/// The first paragraph of a file's `//!`.
fn first_paragraph(source: &str) -> String {
    let lines = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim);
    lines
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "//! Rules.\n\npub mod order_line_limit;\npub mod all_or_nothing;\n";
    const RULE: &str = "//! An order has at most\n//! 50 lines.\n//!\n//! More.\n\
        fn a() { Refusal::new(\n RefusalKind::Value,\n \"order_line_limit\", &e).with(\"lines\") }\n\
        #[cfg(test)]\nmod tests { fn b() { Refusal::new(RefusalKind::State, \"other\") } }";
    const DECIDES: &str = "//! All or nothing.\n";
    const EMPTY: &str = "# Rules\n<!-- made from the rules of ordering -->\nold\n<!-- end -->\nMore.\n";

    fn files(rules: &[(&str, &str)]) -> Vec<SourceFile> {
        let rules = rules
            .iter()
            .map(|(name, text)| SourceFile::new(format!("crates/ordering_domain/src/{name}.rs"), *text));
        rules.collect()
    }

    fn found(rules: &[(&str, &str)], document: &str) -> Vec<String> {
        let (_, violations) = written(&files(rules), document);
        violations.into_iter().map(|violation| violation.found).collect()
    }

    #[test]
    fn each_rule_gives_a_row_in_the_order_of_the_list() {
        let rules = [
            ("rules", LIST),
            ("rules/all_or_nothing", DECIDES),
            ("rules/order_line_limit", RULE),
        ];
        let (made, violations) = written(&files(&rules), EMPTY);
        assert_eq!(violations, []);
        let expected = "# Rules\n<!-- made from the rules of ordering -->\n\
            | The rule | Code | Kind | File |\n|---|---|---|---|\n\
            | An order has at most 50 lines. | `order_line_limit` | value \
            | [`order_line_limit.rs`](../crates/ordering_domain/src/rules/order_line_limit.rs) |\n\
            | All or nothing. | – | – | [`all_or_nothing.rs`](../crates/ordering_domain/src/rules/all_or_nothing.rs) |\n\
            <!-- end -->\nMore.\n";
        assert_eq!(made, expected);
        assert_eq!(written(&files(&rules), &made).0, made);
    }

    #[test]
    fn a_rule_without_a_list_a_table_a_sentence_or_a_code_is_found() {
        let rule = ("rules/order_line_limit", RULE);
        let missing = ["found a rule that no table of docs/BUSINESS_RULES.md has"];
        assert_eq!(found(&[rule], EMPTY), missing);
        let violations = found(&[("rules", LIST), rule], "");
        assert_eq!(violations[1..], missing);
        assert!(violations[0].starts_with("found nothing to check"));
        let nameless = ("rules/order_line_limit", "fn a() {}");
        assert_eq!(
            found(&[("rules", LIST), nameless], EMPTY),
            ["found a rule without its sentence"]
        );
        let unread = RULE.replace("\"order_line_limit\"", "CODE");
        assert_eq!(
            found(&[("rules", LIST), ("rules/order_line_limit", &unread)], EMPTY),
            ["found a refusal whose code is not written beside its kind"]
        );
    }

    #[test]
    fn a_table_without_its_end_is_found() {
        let rules = [("rules", LIST), ("rules/order_line_limit", RULE)];
        let violations = found(&rules, "<!-- made from the rules of ordering -->\n");
        assert_eq!(
            violations,
            ["found `<!-- made from the rules of ordering -->` without `<!-- end -->`"]
        );
    }
}
