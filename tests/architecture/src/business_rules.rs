//! `docs/BUSINESS_RULES.md` and the rules themselves say the same: each rule file has one row there, with the
//! file's own sentence, codes and kinds, and each row has its file.

use std::collections::{BTreeMap, BTreeSet};

use crate::{SourceFile, Violation, rust_text::RustText};

/// The document's path.
pub const DOCUMENT: &str = "docs/BUSINESS_RULES.md";
const ROW: &str = "| the file's first sentences | `code` | kind | [`name.rs`](../path/of/name.rs) |";

/// The rule files among `files`: one each, right in a crate's `rules` folder, whichever crate decides them.
pub fn rule_files(files: &[SourceFile]) -> Vec<&SourceFile> {
    files.iter().filter(|file| is_rule(&file.path)).collect()
}

fn is_rule(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>().as_slice(),
        ["crates", _, "src", "rules", file] if file.ends_with(".rs")
    )
}

/// Compares the rules with the document's text.
pub fn check(rules: &[&SourceFile], document: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    if rules.is_empty() {
        violations.push(Violation::matched_nothing(
            "crates/*/src/rules",
            "a file for each rule",
        ));
    }
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (index, line) in document.lines().enumerate() {
        let Some(row) = Row::of(line) else { continue };
        let place = format!("{DOCUMENT}:{}", index + 1);
        if !rules.iter().any(|rule| rule.path == row.path) {
            violations.push(Violation::new(
                place,
                format!("found a row for {}, which is no rule", row.path),
                "remove the row, or correct the path",
            ));
        } else if rows.contains_key(&row.path) {
            violations.push(Violation::new(
                place,
                format!("found a second row for {}", row.path),
                "one rule, one row",
            ));
        } else {
            rows.insert(row.path.clone(), row);
        }
    }
    for rule in rules {
        match rows.get(&rule.path) {
            Some(row) => violations.extend(row.compared_with(rule)),
            None => violations.push(Violation::new(
                &rule.path,
                format!("found a rule that {DOCUMENT} does not list"),
                format!("add the row {ROW}"),
            )),
        }
    }
    violations
}

/// A rule as the document tells it.
struct Row {
    sentence: String,
    codes: BTreeSet<String>,
    kinds: BTreeSet<String>,
    path: String,
}

impl Row {
    fn of(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", sentence, codes, kinds, link, ""] = cells.as_slice() else {
            return None;
        };
        let path = link.split_once("](../")?.1.strip_suffix(')')?;
        let listed = |cell: &str| -> BTreeSet<String> {
            let entries = cell
                .split(',')
                .map(|entry| entry.trim().trim_matches('`').to_owned());
            entries.filter(|entry| entry != "–").collect()
        };
        Some(Self {
            sentence: (*sentence).to_owned(),
            codes: listed(codes),
            kinds: listed(kinds),
            path: path.to_owned(),
        })
    }

    fn compared_with(&self, rule: &SourceFile) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut differs = |found: String| {
            violations.push(Violation::new(
                &rule.path,
                found,
                format!("make its row in {DOCUMENT} and the file agree"),
            ));
        };
        let sentence = first_paragraph(&rule.text);
        if sentence != self.sentence {
            differs(format!(
                "its first sentences are `{sentence}`, its row says `{}`",
                self.sentence
            ));
        }
        let refusals = Refusals::of(&rule.text);
        for code in refusals.codes.difference(&self.codes) {
            differs(format!("it refuses with `{code}`, which its row does not list"));
        }
        for code in self.codes.difference(&refusals.words) {
            differs(format!(
                "its row lists the code `{code}`, which the file does not say"
            ));
        }
        if refusals.kinds != self.kinds {
            differs(format!(
                "its kinds are {:?}, its row says {:?}",
                refusals.kinds, self.kinds
            ));
        }
        if self.codes.is_empty() != self.kinds.is_empty() {
            differs("its row lists codes without a kind, or a kind without codes".to_owned());
        }
        violations
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

/// How a rule file refuses, its tests aside.
struct Refusals {
    /// The codes that stand right behind a kind.
    codes: BTreeSet<String>,
    /// Every string literal, since a code may also stand elsewhere.
    words: BTreeSet<String>,
    /// The kinds, as the document writes them.
    kinds: BTreeSet<String>,
}

impl Refusals {
    fn of(source: &str) -> Self {
        let text = RustText::of(source);
        let test_lines = text.test_lines();
        let in_tests = |line: usize| test_lines.iter().any(|lines| lines.contains(&line));
        let mut kinds = BTreeSet::new();
        for window in text.words().windows(3) {
            if let [(line, "RefusalKind"), (_, "::"), (_, kind)] = window
                && !in_tests(*line)
            {
                kinds.insert(kind.to_lowercase());
            }
        }
        let literals = text.literals.iter().filter(|literal| !in_tests(literal.line));
        let mut codes = BTreeSet::new();
        for kind in ["RefusalKind::Value", "RefusalKind::State"] {
            for after in source.split(kind).skip(1) {
                let quoted = after
                    .strip_prefix(',')
                    .map(str::trim_start)
                    .and_then(|rest| rest.strip_prefix('"'));
                codes.extend(
                    quoted
                        .and_then(|rest| rest.split_once('"'))
                        .map(|(code, _)| code.to_owned()),
                );
            }
        }
        let words: BTreeSet<String> = literals.map(|literal| literal.text.clone()).collect();
        codes.retain(|code| words.contains(code));
        Self { codes, words, kinds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "crates/ordering_domain/src/rules/order_line_limit.rs";
    const RULE: &str = "//! An order has at most\n//! 50 lines.\n//!\n//! More.\n\
        fn a() { Refusal::new(\n RefusalKind::Value,\n \"order_line_limit\", &e).with(\"lines\") }\n\
        #[cfg(test)]\nmod tests { fn b() { f(RefusalKind::State, \"other\") } }";
    const ROW: &str = "| An order has at most 50 lines. | `order_line_limit` | value \
        | [`order_line_limit.rs`](../crates/ordering_domain/src/rules/order_line_limit.rs) |";

    fn found(rules: &[(&str, &str)], document: &str) -> Vec<String> {
        let files: Vec<SourceFile> = rules
            .iter()
            .map(|(path, text)| SourceFile::new(*path, *text))
            .collect();
        let violations = check(&rule_files(&files), document);
        violations.into_iter().map(|violation| violation.found).collect()
    }

    #[test]
    fn a_rule_and_a_row_that_agree_are_clean() {
        let document = format!("# Rules\n\n| rule | code | kind | file |\n|---|---|---|---|\n{ROW}\n");
        assert_eq!(found(&[(PATH, RULE)], &document), Vec::<String>::new());
    }

    #[test]
    fn a_rule_without_a_row_and_a_row_without_a_rule_are_found() {
        let stranger = "crates/ordering_domain/src/rules/new.rs";
        for path in [
            stranger,
            "crates/accounts_app/src/rules/new.rs",
            "crates/web/src/rules/new.rs",
        ] {
            let violations = found(&[(PATH, RULE), (path, RULE)], ROW);
            assert_eq!(
                violations,
                ["found a rule that docs/BUSINESS_RULES.md does not list"],
                "{path}"
            );
        }
        let violations = found(&[(stranger, RULE)], ROW);
        assert_eq!(violations[0], format!("found a row for {PATH}, which is no rule"));
    }

    #[test]
    fn a_second_row_is_found() {
        assert_eq!(
            found(&[(PATH, RULE)], &format!("{ROW}\n{ROW}")),
            [format!("found a second row for {PATH}")]
        );
    }

    #[test]
    fn a_sentence_a_code_or_a_kind_that_drifted_is_found() {
        for (from, to, violations) in [
            ("50", "60", 1),
            ("`order_line_limit`", "`line_limit`", 2),
            ("`order_line_limit`", "`order_line_limit`, `lines_limit`", 1),
            ("value", "state", 1),
            ("`order_line_limit` | value", "– | –", 2),
        ] {
            let row = ROW.replacen(from, to, 1);
            assert_eq!(found(&[(PATH, RULE)], &row).len(), violations, "{row}");
        }
    }

    #[test]
    fn a_rule_that_refuses_nothing_has_neither_code_nor_kind() {
        let row = ROW.replace("`order_line_limit` | value", "– | –");
        assert_eq!(
            found(&[(PATH, "//! An order has at most 50 lines.\n")], &row),
            Vec::<String>::new()
        );
    }

    #[test]
    fn no_rules_prove_nothing() {
        assert!(
            found(&[("crates/web/src/rules/old/a.rs", RULE)], "")[0].starts_with("found nothing to check")
        );
    }
}
