//! A PostgreSQL server of a test's own, which it can kill.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use reqwest::Url;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.ci/throwaway_postgres.py");

/// A server that is gone, files and all, when this is dropped, or when this process ends.
pub struct ThrowawayPostgres {
    holder: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    url: Url,
}

impl ThrowawayPostgres {
    /// Starts one, and waits until it takes connections.
    pub fn start() -> Self {
        let mut holder = Command::new(SCRIPT)
            .arg("hold")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut answers = BufReader::new(holder.stdout.take().expect("it was piped"));
        let orders = holder.stdin.take();
        let url = line_of(&mut answers).parse().unwrap();
        Self {
            holder,
            orders,
            answers,
            url,
        }
    }

    /// Its administrator's URL.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Kills its postmaster at once (SIGKILL).
    pub(crate) fn kill(&mut self) {
        self.obeys("kill");
    }

    /// Starts it again on the same files and the same port.
    pub(crate) fn start_again(&mut self) {
        self.obeys("start");
    }

    fn obeys(&mut self, order: &str) {
        let orders = self.orders.as_mut().expect("it is there until this is dropped");
        writeln!(orders, "{order}").unwrap();
        let answer = line_of(&mut self.answers);
        assert_eq!(answer, "done", "{SCRIPT} did not {order}");
    }
}

impl Drop for ThrowawayPostgres {
    fn drop(&mut self) {
        // When its input ends, it removes everything.
        self.orders.take();
        let _ = self.holder.wait();
    }
}

fn line_of(answers: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
