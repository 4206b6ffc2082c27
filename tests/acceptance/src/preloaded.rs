//! Libraries in C that are loaded into the real binary before any other, to change what it gets from the system.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::{Mutex, PoisonError},
};

use crate::binary::beside_the_tests;

/// Builds the library of this name beside the tests, and answers where it is.
pub(crate) fn library(name: &str, source: &str) -> PathBuf {
    static BUILDING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    // Another process may be building the same: each builds a file of its own, and the last one to be renamed stays.
    let own = |kind| beside_the_tests(&format!("{name}{}{kind}", std::process::id()));
    let (written, built, library) = (own(".c"), own(".new"), beside_the_tests(&format!("{name}.so")));
    fs::write(&written, source).unwrap();
    let mut compile = Command::new("cc");
    compile
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"])
        .args([&built, &written])
        .arg("-ldl");
    let compiled = compile
        .output()
        .unwrap_or_else(|error| panic!("cc cannot be run: {error}"));
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    fs::remove_file(&written).unwrap();
    fs::rename(&built, &library).unwrap();
    library
}
