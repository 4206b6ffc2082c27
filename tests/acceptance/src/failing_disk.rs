//! A disk that is full, or broken, for as long as a test says so.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use crate::preloaded;

/// `ENOSPC`: there is no space left on the device.
pub const NO_SPACE: i32 = 28;
/// `EIO`: the device failed.
pub const BROKEN: i32 = 5;

/// What the processes that are on it get from the system.
#[derive(Debug)]
pub struct FailingDisk {
    library: PathBuf,
    rule: TempDir,
}

impl FailingDisk {
    /// One that works so far.
    pub fn new() -> Self {
        Self {
            library: preloaded::library("failing_disk", include_str!("failing_disk.c")),
            rule: tempfile::tempdir().unwrap(),
        }
    }

    /// From now on, writes into files whose paths end so fail with this error number.
    pub fn fail_writes_to(&self, end: &str, error: i32) {
        self.fail(&format!("write {error} {end}"));
    }

    /// From now on, syncs of files whose paths end so fail with this error number.
    pub fn fail_syncs_of(&self, end: &str, error: i32) {
        self.fail(&format!("sync {error} {end}"));
    }

    /// From now on, all goes well.
    pub fn works(&self) {
        fs::remove_file(self.rule_file()).unwrap();
    }

    fn fail(&self, rule: &str) {
        // Whole at once: a process must not read half of it.
        let unfinished = self.rule.path().join("unfinished");
        fs::write(&unfinished, rule).unwrap();
        fs::rename(unfinished, self.rule_file()).unwrap();
    }

    fn rule_file(&self) -> PathBuf {
        self.rule.path().join("rule")
    }

    /// What a process is to find in its environment to be on it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.library.clone()),
            ("FAILING_DISK_RULE", self.rule_file()),
        ]
    }
}

impl Default for FailingDisk {
    fn default() -> Self {
        Self::new()
    }
}
