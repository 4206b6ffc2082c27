//! A running server: started, watched, killed or asked to stop.

use std::{
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
};

use crate::{Binary, Finished, binary::code_of, lines::Lines};

const ANNOUNCEMENT: &str = "orderly is listening on ";

/// A server process. Dropping it kills it.
pub struct Server {
    process: Child,
    url: String,
    stdout: Lines,
    log: Lines,
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on the installation in `folder/data` and a free port, and waits until it listens.
    pub fn start(binary: &Binary, folder: &Path) -> Self {
        Self::try_start(binary.command(folder, &["serve", "--bind", "127.0.0.1:0"]))
            .unwrap_or_else(|finished| panic!("the server did not start: {finished:?}"))
    }

    /// Starts a server by this command and waits until it listens, or has ended.
    ///
    /// # Errors
    /// How it ended, if it did.
    pub fn try_start(mut command: Command) -> Result<Self, Finished> {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, log) = (Lines::default(), Lines::default());
        let readers = vec![
            stdout.collect(process.stdout.take().expect("it was piped")),
            log.collect(process.stderr.take().expect("it was piped")),
        ];
        let mut server = Self {
            process,
            url: String::new(),
            stdout,
            log,
            readers,
        };
        let announced = server.stdout.wait_for_line_or_end(ANNOUNCEMENT);
        match announced
            .as_deref()
            .and_then(|line| line.strip_prefix(ANNOUNCEMENT))
        {
            Some(url) => {
                server.url = url.to_owned();
                Ok(server)
            }
            None => {
                let status = server.wait();
                Err(Finished {
                    code: code_of(status),
                    stdout: server.stdout.so_far().join("\n"),
                    stderr: server.log.so_far().join("\n"),
                })
            }
        }
    }

    /// Where it listens, as in `http://127.0.0.1:4711`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens, as in `127.0.0.1:4711`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What it writes to standard error.
    pub fn log(&self) -> &Lines {
        &self.log
    }

    /// What it writes to standard output.
    pub fn stdout(&self) -> &Lines {
        &self.stdout
    }

    /// Errors and panics in its log.
    pub(crate) fn outcries(&self) -> Vec<String> {
        let mut lines = self.log.so_far();
        lines.retain(|line| line.contains("\"level\":\"ERROR\"") || line.contains("panicked at"));
        lines
    }

    /// Whether it runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Kills it at once (SIGKILL).
    pub fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        self.wait();
    }

    /// Asks it to stop (SIGTERM), and does not wait.
    pub fn ask_to_stop(&self) {
        let id = self.process.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(asked.success());
    }

    /// Asks it to stop, and waits for its end, which has to be a good one.
    pub fn stop(&mut self) {
        self.ask_to_stop();
        let status = self.wait();
        assert!(
            status.success(),
            "found {status}, expected exit code 0:\n{}",
            self.log.so_far().join("\n")
        );
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        if !(self.stdout.wait_for_end() && self.log.wait_for_end()) {
            let _ = self.process.kill();
            panic!("the server did not end:\n{}", self.log.so_far().join("\n"));
        }
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        self.process.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
