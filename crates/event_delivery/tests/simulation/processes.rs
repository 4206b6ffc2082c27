//! The running processes, and the lease that one of them holds.

use tokio::sync::oneshot;

use crate::{
    fault::Fault,
    trace::{About, What},
    world::State,
};

/// For how long the lease is given, in milliseconds, as on PostgreSQL.
const LEASE: u64 = 3_000;

/// One run of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// Which process.
    pub(crate) process: usize,
    number: u32,
}

/// All processes.
#[derive(Default)]
pub(crate) struct Processes {
    lives: [u32; Self::MOST],
    ends: [Option<oneshot::Sender<()>>; Self::MOST],
    /// Who holds the lease, and until when.
    lease: Option<(usize, u64)>,
}

impl Processes {
    /// So many processes at once.
    pub(crate) const MOST: usize = 2;

    /// Whether this run goes on.
    pub(crate) const fn goes_on(&self, life: Life) -> bool {
        self.lives[life.process] == life.number && self.ends[life.process].is_some()
    }

    /// Whether this process holds the lease, whatever it assumes.
    pub(crate) fn holds_lease(&self, process: usize, at: u64) -> bool {
        self.lease
            .is_some_and(|(holder, until)| holder == process && at < until)
    }

    /// The lease lapses too early and without its holder noticing: the database's clock has jumped.
    pub(crate) const fn lapse(&mut self) {
        self.lease = None;
    }

    /// Whether another process holds the lease.
    pub(crate) fn lost_lease(&self, process: usize, at: u64) -> bool {
        self.lease
            .is_some_and(|(holder, until)| holder != process && at < until)
    }
}

impl State {
    /// A process starts again. The returned future resolves when it ends.
    pub(crate) fn start(&mut self, process: usize) -> (Life, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        self.processes.ends[process] = Some(end);
        self.note(What::Started, About::process(process));
        let number = self.processes.lives[process];
        (Life { process, number }, ended)
    }

    /// Ends a process at once, for this reason. Returns whether it was running.
    pub(crate) fn kill(&mut self, process: usize, why: Fault, about: About) -> bool {
        let Some(end) = self.processes.ends[process].take() else {
            return false;
        };
        self.processes.lives[process] += 1;
        self.happened(why, about.by(process));
        // If the receiver is gone, the process was ending anyway.
        let _ = end.send(());
        true
    }

    /// Takes or extends the lease, if that is possible.
    pub(crate) fn take_lease(&mut self, process: usize) -> bool {
        if self.processes.lost_lease(process, self.at) {
            return false;
        }
        if self.processes.lease.is_none_or(|(holder, _)| holder != process) {
            self.note(What::Leads, About::process(process));
        }
        self.processes.lease = Some((process, self.at + LEASE));
        true
    }
}
