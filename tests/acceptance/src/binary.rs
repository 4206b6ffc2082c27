//! Finding the binary, and running its commands.

use std::{
    env,
    ffi::OsString,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Output, Stdio},
    sync::LazyLock,
};

use crate::{FailingDisk, power_cuts::Recording, preloaded};

/// The binary under test.
#[derive(Clone, Debug)]
pub struct Binary {
    path: PathBuf,
    canary: Option<&'static str>,
    /// Whether the bug is still there while its effects are checked.
    canary_stays: bool,
    /// By how many days its clock is wrong.
    days_ahead: i32,
    /// Other variables of its environment.
    environment: Vec<(&'static str, PathBuf)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; 128 and the number of the signal when one ended it, as in a shell.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: code_of(output.status),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// What a shell says of how a process ended.
pub(crate) fn code_of(status: ExitStatus) -> i32 {
    let signal = || 128 + status.signal().expect("it has ended");
    status.code().unwrap_or_else(signal)
}

impl Finished {
    /// The output of a command that has to succeed.
    pub fn expecting_success(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }

    /// The one line in which a command reported why it failed.
    pub fn expecting_one_line(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{}", self.stderr);
        let line = self.stderr.trim_end_matches('\n');
        assert!(
            !line.is_empty() && !line.contains('\n'),
            "found other than one line:\n{line}"
        );
        line.to_owned()
    }
}

impl Binary {
    /// Without known bugs: `ORDERLY_BINARY`, or the one that Cargo built beside these tests.
    pub fn released() -> Self {
        Self {
            path: found("ORDERLY_BINARY", "orderly"),
            canary: None,
            canary_stays: false,
            days_ahead: 0,
            environment: Vec::new(),
        }
    }

    /// With this known bug switched on: `ORDERLY_CANARY_BINARY`, or the one beside these tests. Only a debug build has them.
    pub fn with_canary(name: &'static str) -> Self {
        Self {
            path: found("ORDERLY_CANARY_BINARY", "orderly"),
            canary: Some(name),
            canary_stays: false,
            days_ahead: 0,
            environment: Vec::new(),
        }
    }

    /// The same with a bug whose effects a server without it would repair.
    pub fn with_canary_that_stays(name: &'static str) -> Self {
        Self {
            canary_stays: true,
            ..Self::with_canary(name)
        }
    }

    /// The same without its bug, if it had one.
    #[must_use]
    pub fn without_canary(&self) -> Self {
        Self {
            canary: None,
            canary_stays: false,
            days_ahead: 0,
            ..self.clone()
        }
    }

    /// The same, with a recorder of all that it does. Its clock has to be right: only one library can be loaded into it.
    #[must_use]
    pub fn recorded_by(&self, recording: &Recording) -> Self {
        Self {
            environment: recording.environment(),
            ..self.clone()
        }
    }

    /// The same on this disk. Its clock has to be right, as above.
    #[must_use]
    pub fn on(&self, disk: &FailingDisk) -> Self {
        Self {
            environment: disk.environment(),
            ..self.clone()
        }
    }

    /// The binary with which the effects are checked.
    #[must_use]
    pub fn for_inspection(&self) -> Self {
        if self.canary_stays {
            self.clone()
        } else {
            self.without_canary()
        }
    }

    /// The same on a machine whose clock is so many days ahead, or behind when negative. Its monotonic clock is right.
    #[must_use]
    pub fn with_clock_ahead_by_days(&self, days_ahead: i32) -> Self {
        Self {
            days_ahead,
            ..self.clone()
        }
    }

    /// Whether a known bug is switched on.
    pub fn has_canary(&self) -> bool {
        self.canary.is_some()
    }

    /// Whether the bug is still there while its effects are checked.
    pub fn canary_stays(&self) -> bool {
        self.canary_stays
    }

    /// A command with nothing but its arguments: no setting of the user who runs the tests reaches it.
    pub fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("RUST_BACKTRACE", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(canary) = self.canary {
            command.env("ORDERLY_CANARY", canary);
        }
        if self.days_ahead != 0 {
            command.env("LD_PRELOAD", wrong_clock()).env(
                "WRONG_CLOCK_SECONDS",
                (self.days_ahead * 24 * 60 * 60).to_string(),
            );
        }
        command
    }

    /// Runs a command on the installation in `folder/data`, to its end.
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> Finished {
        self.run_with_input(folder, arguments, "")
    }

    /// The same, with something on standard input.
    pub fn run_with_input(&self, folder: &Path, arguments: &[&str], input: &str) -> Finished {
        let mut running = self
            .command(folder, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may be gone before all of it is written.
        let _ = running
            .stdin
            .take()
            .expect("it was piped")
            .write_all(input.as_bytes());
        running.wait_with_output().unwrap().into()
    }
}

fn found(variable: &str, name: &str) -> PathBuf {
    let path = from_environment(variable).map_or_else(|| beside_the_tests(name), PathBuf::from);
    assert!(
        path.is_file(),
        "found no binary at {}; build it with cargo build --package orderly, or name another in {variable}",
        path.display()
    );
    path.canonicalize().unwrap()
}

/// The library that tells a process another time than it is.
fn wrong_clock() -> &'static Path {
    static LIBRARY: LazyLock<PathBuf> =
        LazyLock::new(|| preloaded::library("wrong_clock", include_str!("wrong_clock.c")));
    &LIBRARY
}

/// Cargo puts binaries into the folder above that of the test executables.
pub(crate) fn beside_the_tests(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests are built in target/debug/deps");
    folder.join(name)
}

/// A setting of the tests' own.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment which binary to run, and how long"
)]
pub fn from_environment(variable: &str) -> Option<OsString> {
    env::var_os(variable)
}
