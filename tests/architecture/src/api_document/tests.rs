//! Planted drift between a small tree and its document.

use super::*;

const PROBLEM_CODES: &str = "codes! {\n /// All of these.\n FOUND_BY_WEB:\n\
    BUSY = \"busy\", 503, \"a; b\", \"c\", [];\n LATE = \"late\", 409, \"a\", \"b\", [limit: Number(1)];\n}";
const FIELD_CODES: &str = "field_codes! {\n /// It.\n WrongType = \"wrong_type\";\n}";
const TOKENS: &str = "fn in_oauth_shape(problem: Problem) -> Problem {\n\
    let error = if a { \"server_error\" } else { \"invalid_request\" };\n problem.in_oauth_shape(error)\n}";
const MONEY: &str =
    "impl MoneyError { const fn code(&self) { match self { Self::Negative => \"negative_money\" } } }";
const RULE: &str = "// new(RefusalKind::State, \"in_a_comment\")\n\
    fn a() { Self::new(\n RefusalKind::Value,\n \"order_line_limit\", &e).with(\"lines\") }\n\
    fn b() { Refusal::new(RefusalKind::Value, error.code(), &e) }\n\
    #[cfg(test)]\nmod tests { fn c() { new(RefusalKind::State, \"in_a_test\") } }";
const TEXTS: &str = "fn a() { let refusal = |code| Self::new(RefusalKind::State, code, &e);\n\
    match e { A => refusal(\"too_long\"), B => {\n refusal(\"too_short\").with(\"limit\", 1) } } }";
const FINDING: &str = "const A: NotFound = NotFound { what: \"order\" };\n\
    fn b() { request.path_id(\"line_id\", \"order_line\") }\nfn c() { not_found(\"file\") }";
const DOCUMENT: &str = "\
| code | status | when |
|---|---|---|
| `busy` | 503 | a |
| `late` | 409 | a |
| `wrong_type` | in `errors` | a |
| `negative_money` | in `errors` | a |
| `server_error` | in `error` | a |
| `invalid_request` | in `error` | a |
| `order_line_limit` | 422 | a |
| `too_long` | 409 | a |
| `too_short` | 409 | a |
| `order_not_found` | 404 | a |
| `order_line_not_found` | 404 | a |
| `file_not_found` | 404 | a |
| `ETag` | answers | another table |
";

fn tree() -> Vec<SourceFile> {
    [
        ("crates/web/src/codes/found_by_web.rs", PROBLEM_CODES),
        ("crates/web/src/field_errors.rs", FIELD_CODES),
        ("crates/web/src/tokens.rs", TOKENS),
        ("crates/shared_kernel/src/money_error.rs", MONEY),
        ("crates/ordering_domain/src/rules/order_line_limit.rs", RULE),
        ("crates/ordering_domain/src/rules/text_fields.rs", TEXTS),
        ("crates/ordering_app/src/ordering.rs", FINDING),
        (
            "crates/web/src/tests/orders.rs",
            "new(RefusalKind::State, \"in_a_test_file\")",
        ),
    ]
    .map(|(path, text)| SourceFile::new(path, text))
    .to_vec()
}

fn found(files: &[SourceFile], document: &str) -> Vec<String> {
    let violations = check(files, document);
    violations.into_iter().map(|violation| violation.found).collect()
}

#[test]
fn code_and_document_that_agree_are_clean() {
    assert_eq!(found(&tree(), DOCUMENT), Vec::<String>::new());
}

#[test]
fn each_code_that_the_document_lacks_is_found() {
    let rows = DOCUMENT.lines().filter(|line| row(line).is_some());
    let mut looked_at = 0;
    for line in rows {
        let (name, cell) = row(line).unwrap();
        let violations = found(&tree(), &DOCUMENT.replace(&format!("{line}\n"), ""));
        assert_eq!(violations.len(), 1, "{line}");
        assert!(violations[0].starts_with(&format!("found `{name}`, which docs/API.md does not tell as")));
        assert!(violations[0].contains(&cell), "{violations:?}");
        looked_at += 1;
    }
    assert_eq!(looked_at, 12);
}

#[test]
fn a_row_that_the_code_does_not_have_is_found() {
    for stranger in ["| `gone` | 409 | a |", "| `gone` | in `errors` | a |"] {
        let violations = found(&tree(), &format!("{DOCUMENT}{stranger}\n"));
        assert_eq!(violations.len(), 1, "{stranger}");
        assert!(
            violations[0].ends_with("which the code does not have"),
            "{violations:?}"
        );
    }
}

#[test]
fn a_status_a_policy_or_a_kind_that_drifted_is_found_on_both_sides() {
    for (from, to) in [
        ("| `busy` | 503", "| `busy` | 500"),
        ("| `order_line_limit` | 422", "| `order_line_limit` | 409"),
        ("| `wrong_type` | in `errors`", "| `wrong_type` | 422"),
    ] {
        assert_eq!(found(&tree(), &DOCUMENT.replace(from, to)).len(), 2, "{to}");
    }
}

#[test]
fn a_second_row_is_found() {
    let twice = format!("{DOCUMENT}| `busy` | 503 | again |\n");
    assert_eq!(found(&tree(), &twice), ["found a second row for `busy` as 503"]);
}

#[test]
fn a_refusal_whose_code_cannot_be_read_is_found() {
    let mut files = tree();
    let path = "crates/accounts_app/src/log_in.rs";
    files.push(SourceFile::new(
        path,
        "fn a() { Refusal::new(RefusalKind::State, CODE, &e) }",
    ));
    assert_eq!(
        found(&files, DOCUMENT),
        ["found a refusal whose code is not written beside its kind"]
    );
}

#[test]
fn a_code_that_no_route_leads_to_need_not_be_told() {
    let refusal = "fn a() { Refusal::new(RefusalKind::Value, \"recipient_refused\", &e) }";
    for (path, expected) in [
        ("crates/notifications/src/mailer.rs", 0),
        ("crates/web/src/mailer.rs", 1),
    ] {
        let mut files = tree();
        files.push(SourceFile::new(path, refusal));
        assert_eq!(found(&files, DOCUMENT).len(), expected, "{path}");
    }
}

#[test]
fn a_tree_in_which_a_kind_of_code_is_missing_proves_nothing() {
    for missing in tree() {
        if missing.is_for_tests() || missing.path.ends_with("text_fields.rs") {
            continue;
        }
        let mut files = tree();
        files.retain(|file| file.path != missing.path && !file.path.ends_with("text_fields.rs"));
        let violations = found(&files, DOCUMENT);
        assert!(
            violations
                .iter()
                .any(|found| found.starts_with("found nothing to check")),
            "{}: {violations:?}",
            missing.path
        );
    }
}
