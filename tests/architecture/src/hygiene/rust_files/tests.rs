//! Planted violations of the house rules, and files that only seem to break them.

use super::*;

fn found(path: &str, text: &str) -> Vec<String> {
    let file = SourceFile::new(path, format!("//! A file.\n{text}"));
    check(&["storage", "shared_kernel"], &[file])
        .into_iter()
        .map(|violation| violation.found)
        .collect()
}

const CLEAN: &[&str] = &[];

#[test]
fn a_file_may_say_anything_in_comments_and_strings() {
    let text = "// todo!() #[ignore]\nfn f() { g(\"todo!() thread::sleep\") }";
    assert_eq!(found("tests/acceptance/tests/a.rs", text), CLEAN);
}

#[test]
fn a_file_of_300_lines_is_accepted_and_301_are_not() {
    assert_eq!(found("crates/web/src/a.rs", &"\n".repeat(299)), CLEAN);
    assert_eq!(
        found("crates/web/src/a.rs", &"\n".repeat(300)),
        ["found 301 lines, expected at most 300"]
    );
}

#[test]
fn a_file_without_its_purpose_is_found() {
    let file = SourceFile::new("crates/web/src/a.rs", "use std::fmt;\n//! Late.\n");
    assert_eq!(
        check(&["storage"], &[file])[0].found,
        "found no `//!` at the beginning"
    );
}

#[test]
fn names_of_nothing_are_found_as_files_folders_and_modules() {
    for path in [
        "crates/web/src/routes/mod.rs",
        "crates/web/src/utils.rs",
        "tests/acceptance/tests/common/a.rs",
    ] {
        assert_eq!(found(path, "").len(), 1, "{path}");
    }
    assert_eq!(
        found("crates/web/src/a.rs", "mod helpers { }"),
        ["found the module name `helpers`"]
    );
}

#[test]
fn ignored_tests_and_unfinished_places_are_found() {
    assert_eq!(
        found("crates/web/src/a.rs", "#[ignore = \"slow\"]\nfn f() {}"),
        ["found a test that is ignored"]
    );
    assert_eq!(
        found("crates/web/src/a.rs", "fn f() { todo!() }"),
        ["found an unfinished place"]
    );
}

#[test]
fn a_sleep_is_found_in_tests_only() {
    let sleep = "fn f() { tokio::time::sleep(d).await; }";
    assert_eq!(found("crates/web/src/a.rs", sleep), CLEAN);
    assert_eq!(
        found("tests/acceptance/src/a.rs", sleep),
        ["found a test that sleeps"]
    );
    let module = "#[cfg(test)]\nmod tests {\nfn f() { std::thread::sleep(d) }\n}";
    assert_eq!(found("crates/web/src/a.rs", module), ["found a test that sleeps"]);
}

#[test]
fn a_domain_that_waits_or_reads_files_is_found() {
    let not_pure = "found I/O or concurrency in a pure crate";
    assert_eq!(
        found("crates/ordering_domain/src/a.rs", "async fn f() {}"),
        [not_pure]
    );
    assert_eq!(found("crates/shared_kernel/src/a.rs", "use std::fs;"), [not_pure]);
    assert_eq!(found("crates/ordering_app/src/a.rs", "async fn f() {}"), CLEAN);
}

#[test]
fn a_re_export_across_crates_is_found_however_it_is_written() {
    let found_storage = ["found items of `storage` re-exported"];
    for text in [
        "pub use storage::Engine;",
        "pub use ::storage as engine;",
        "pub use {std::fmt, storage::{a, b}};",
        "pub extern crate storage;",
    ] {
        assert_eq!(found("crates/web/src/a.rs", text), found_storage, "{text}");
    }
}

#[test]
fn a_crates_own_items_may_be_re_exported() {
    assert_eq!(
        found(
            "crates/web/src/a.rs",
            "pub use crate::storage::A;\npub use self::{storage::B};"
        ),
        CLEAN
    );
    assert_eq!(
        found(
            "crates/web/src/a.rs",
            "use storage::Engine;\npub use money::{storage, Money};"
        ),
        CLEAN
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
