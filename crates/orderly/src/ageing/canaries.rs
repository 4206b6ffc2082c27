//! Known bugs that histories have to find. Each is switched on in a process of its own, since it affects all of it.

use std::{env, process::Command};

use storage::canary::KnownBug;

use super::{
    beginning::BEGINNING,
    seeds::{COUNT, FIRST, from_environment},
};

const CANARY: &str = "ORDERLY_AGEING_CANARY";
/// How many histories may run until a known bug has to be found; the run ends with the first that finds it.
const HISTORIES: &str = "256";
const TEST: &str = "ageing::whatever_an_installation_lives_through_what_was_acknowledged_holds";

/// Switches on the bug that the environment names, if any.
pub(super) fn switch_on_if_asked_to() {
    match from_environment(CANARY).as_deref() {
        None => {}
        Some(name) => KnownBug::named(name)
            .unwrap_or_else(|| panic!("{CANARY} is {name:?}"))
            .switch_on(),
    }
}

/// Runs histories with this bug and this beginning, and returns why they ended.
fn found_with(canary: &str, beginning: &str) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env(CANARY, canary)
        .env(COUNT, HISTORIES)
        .env(BEGINNING, beginning)
        .env_remove(FIRST)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{canary} was not found:\n{told}");
    told.into_owned()
}

#[test]
fn a_key_that_is_forgotten_because_a_clock_is_wrong_is_found() {
    let told = found_with("forget-by-the-clock", "nothing");
    assert!(told.contains("was forgotten after"), "{told}");
}

#[test]
fn a_log_whose_numbers_begin_again_is_found() {
    // Inventory's consumer begins later than the log there, and skips what is numbered like earlier events.
    let told = found_with("forget-the-newest", "before-inventory/sqlite");
    assert!(told.contains("quiet months"), "{told}");
}
