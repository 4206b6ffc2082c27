//! Known bugs that histories have to find. They are switched on in a process of their own, since they hold for all of it.

use std::{env, process::Command};

use super::seeds::from_environment;

const CANARY: &str = "ORDERLY_AGEING_CANARY";

/// Switches on the bug that the environment names, if it names one.
pub(super) fn switch_on_if_asked_to() {
    match from_environment(CANARY).as_deref() {
        None => {}
        Some(other) => panic!("{CANARY} is {other:?}"),
    }
}
