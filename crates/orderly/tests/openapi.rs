//! `orderly openapi` prints the contract in the version of OpenAPI that it is asked for.

#![cfg(test)]

use std::process::{Command, Output};

use serde_json::Value;

fn openapi(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_orderly"));
    let command = command.arg("openapi").args(arguments).current_dir(folder.path());
    command.output().unwrap()
}

#[test]
fn it_prints_3_1_unless_it_is_asked_for_3_0() {
    for (arguments, version) in [
        (&[][..], "3.1.0"),
        (&["--format", "3.1"], "3.1.0"),
        (&["--format", "3.0"], "3.0.3"),
    ] {
        let output = openapi(arguments);
        assert!(output.status.success(), "{output:?}");
        let contract: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(contract["openapi"], version);
    }
}

#[test]
fn another_version_is_refused_as_a_wrong_setting() {
    let output = openapi(&["--format", "2.0"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("--format") && said.contains("expected 3.0 or 3.1"),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}
