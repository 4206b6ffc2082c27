//! `orderly describe` lists all that exists and nothing else: it is compared with the source files.

#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Run in a folder that is empty before and after, so that an accidental write is found.
fn describe(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_orderly"))
        .arg("describe")
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a folder was written in"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn described() -> Value {
    serde_json::from_str(&describe(&["--json"])).unwrap()
}

fn each<'a>(value: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    value[list].as_array().unwrap().iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Where the use cases say `impl <trait_name><X> for`: each X, with the file's path from the root.
fn implementations(trait_name: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let library = root().join("crates").join(&name).join("src/lib.rs");
        if !fs::read_to_string(library).is_ok_and(|text| text.contains("pub const CONTEXT: &str")) {
            continue;
        }
        for file in fs::read_dir(root().join("crates").join(&name).join("src")).unwrap() {
            let file = file.unwrap();
            if !file.file_type().unwrap().is_file() {
                continue;
            }
            let path = format!("crates/{name}/src/{}", file.file_name().into_string().unwrap());
            for line in fs::read_to_string(file.path()).unwrap().lines() {
                let subject = line
                    .strip_prefix("impl ")
                    .and_then(|line| line.strip_prefix(trait_name))
                    .and_then(|line| line.strip_prefix('<'))
                    .and_then(|line| line.split_once("> for"));
                if let Some((subject, _)) = subject {
                    found.insert((subject.to_owned(), path.clone()));
                }
            }
        }
    }
    assert!(
        !found.is_empty(),
        "no file implements {trait_name}: is it still called so?"
    );
    found
}

#[test]
fn it_lists_exactly_the_commands_that_have_a_handler_and_the_file_of_each() {
    let listed: BTreeSet<(String, String)> = each(&described(), "contexts")
        .flat_map(|context| each(context, "commands"))
        .map(|command| (text(&command["name"]), text(&command["handled_in"])))
        .collect();
    assert_eq!(listed, implementations("Handles"));
}

#[test]
fn it_lists_exactly_the_reactions_and_the_file_of_each() {
    let described = described();
    let listed: BTreeSet<(String, String)> = each(&described, "consumers")
        .flat_map(|consumer| each(consumer, "reactions"))
        .map(|reaction| (text(&reaction["event"]), text(&reaction["reacts_in"])))
        .collect();
    assert_eq!(listed, implementations("ReactsTo"));
}

#[test]
fn it_lists_exactly_the_events_that_have_a_sample_with_their_versions() {
    let listed: BTreeSet<String> = each(&described(), "contexts")
        .flat_map(|context| each(context, "events"))
        .map(|event| format!("{}.v{}.json", text(&event["name"]), event["schema_version"]))
        .collect();
    let samples: BTreeSet<String> = fs::read_dir(root().join("crates/shared_kernel/samples"))
        .unwrap()
        .map(|sample| sample.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(listed, samples);
}

#[test]
fn events_are_delivered_to_the_consumers_that_react_to_them() {
    let described = described();
    let delivered: BTreeSet<(String, String)> = each(&described, "contexts")
        .flat_map(|context| each(context, "events"))
        .flat_map(|event| each(event, "delivered_to").map(|taker| (text(&event["name"]), text(taker))))
        .collect();
    let reacting: BTreeSet<(String, String)> = each(&described, "consumers")
        .flat_map(|consumer| {
            each(consumer, "reactions").map(|reaction| (text(&reaction["event"]), text(&consumer["name"])))
        })
        .collect();
    assert_eq!(delivered, reacting);
    assert!(delivered.contains(&("UserAccountCreated".to_owned(), "ordering.users".to_owned())));
}

#[test]
fn a_person_reads_the_same_names_as_a_machine() {
    let printed = describe(&[]);
    for context in each(&described(), "contexts") {
        for command in each(context, "commands") {
            let (name, file) = (text(&command["name"]), text(&command["handled_in"]));
            assert!(
                printed
                    .lines()
                    .any(|line| line.contains(&name) && line.contains(&file)),
                "{name}"
            );
        }
        for event in each(context, "events") {
            let named = format!("{} v{} ", text(&event["name"]), event["schema_version"]);
            assert!(printed.contains(&named), "{named}");
        }
    }
}
