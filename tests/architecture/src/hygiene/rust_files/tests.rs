//! Planted violations of these rules, and files that only seem to break them.

use super::*;

fn found(path: &str, text: &str) -> Vec<String> {
    let file = SourceFile::new(path, format!("//! A file.\n{text}"));
    check(&["storage", "shared_kernel"], &[file])
        .into_iter()
        .map(|violation| violation.found)
        .collect()
}

const WEB: &str = "crates/web/src/a.rs";

#[test]
fn each_planted_violation_is_found() {
    let not_pure = "found I/O or concurrency in a pure crate";
    let storage = "found items of `storage` re-exported";
    let sleeps = "found a test that sleeps";
    let sleep = "fn f() { tokio::time::sleep(d).await; }";
    for (path, text, expected) in [
        (
            WEB,
            "\n".repeat(300).as_str(),
            "found 301 lines, expected at most 300",
        ),
        ("crates/web/src/routes/mod.rs", "", "found the name `mod`"),
        ("crates/web/src/utils.rs", "", "found the name `utils`"),
        (
            "tests/acceptance/tests/common/a.rs",
            "",
            "found the name `common`",
        ),
        (WEB, "mod helpers { }", "found the module name `helpers`"),
        (
            WEB,
            "#[ignore = \"slow\"]\nfn f() {}",
            "found a test that is ignored",
        ),
        (WEB, "fn f() { todo!() }", "found an unfinished place"),
        ("tests/acceptance/src/a.rs", sleep, sleeps),
        (
            WEB,
            "#[cfg(test)]\nmod tests {\nfn f() { std::thread::sleep(d) }\n}",
            sleeps,
        ),
        ("crates/ordering_domain/src/a.rs", "async fn f() {}", not_pure),
        ("crates/shared_kernel/src/a.rs", "use std::fs;", not_pure),
        (WEB, "pub use storage::Engine;", storage),
        (WEB, "pub use ::storage as engine;", storage),
        (WEB, "pub use {std::fmt, storage::{a, b}};", storage),
        (WEB, "pub extern crate storage;", storage),
    ] {
        assert_eq!(found(path, text), [expected], "{path}: {text}");
    }
}

#[test]
fn what_only_seems_to_break_a_rule_is_clean() {
    for (path, text) in [
        (WEB, "\n".repeat(299).as_str()),
        (
            "tests/acceptance/tests/a.rs",
            "// todo!() #[ignore]\nfn f() { g(\"todo!() thread::sleep\") }",
        ),
        (WEB, "fn f() { tokio::time::sleep(d).await; }"),
        ("crates/ordering_app/src/a.rs", "async fn f() {}"),
        (WEB, "pub use crate::storage::A;\npub use self::{storage::B};"),
        (WEB, "use storage::Engine;\npub use money::{storage, Money};"),
    ] {
        assert_eq!(found(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_file_without_its_purpose_is_found() {
    let file = SourceFile::new(WEB, "use std::fmt;\n//! Late.\n");
    assert_eq!(
        check(&["storage"], &[file])[0].found,
        "found no `//!` at the beginning"
    );
}

#[test]
fn no_files_prove_nothing() {
    assert!(
        check(&["storage"], &[])[0]
            .found
            .starts_with("found nothing to check")
    );
}
