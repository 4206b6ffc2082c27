//! A recorder, and what it recorded.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::operation::Operation;
use crate::preloaded;

/// What the processes that are equipped for it do in one folder.
#[derive(Debug)]
pub struct Recording {
    kept: TempDir,
    library: PathBuf,
    folder: PathBuf,
}

impl Recording {
    /// Of what happens in this folder, which has to be empty.
    pub fn of(folder: &Path) -> Self {
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0, "found a folder in use");
        let kept = tempfile::tempdir().unwrap();
        let library = preloaded::library("recorder", include_str!("recorder.c"));
        let folder = folder.canonicalize().unwrap();
        Self {
            kept,
            library,
            folder,
        }
    }

    /// The environment with which a process is recorded.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.library.clone()),
            ("RECORDER_FOLDER", self.folder.clone()),
            ("RECORDER_LOG", self.log()),
            ("RECORDER_FAILING", self.failing()),
        ]
    }

    /// From now on, syncs of files whose names end so fail.
    pub fn fail_syncs_of(&self, end: &str) {
        // Whole at once: who reads half of it would let other syncs fail.
        let unfinished = self.kept.path().join("unfinished");
        fs::write(&unfinished, end).unwrap();
        fs::rename(unfinished, self.failing()).unwrap();
    }

    /// From now on, syncs succeed.
    pub fn let_syncs_succeed(&self) {
        fs::remove_file(self.failing()).unwrap();
    }

    /// Records an answer that a client got.
    pub(crate) fn note_told(&self, told: &str) {
        self.note(&Operation::told(told));
    }

    /// Records an answer that the customer got from a server that was started.
    pub(crate) fn note_served(&self, told: &str) {
        self.note(&Operation::served(told));
    }

    fn note(&self, entry: &[u8]) {
        let mut log = fs::OpenOptions::new().append(true).open(self.log()).unwrap();
        log.write_all(entry).unwrap();
    }

    /// All that was recorded so far.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        Operation::all(&fs::read(self.log()).unwrap())
    }

    fn log(&self) -> PathBuf {
        self.kept.path().join("log")
    }

    fn failing(&self) -> PathBuf {
        self.kept.path().join("failing")
    }
}
