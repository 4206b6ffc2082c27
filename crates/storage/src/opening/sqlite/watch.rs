//! Checks once a second whether a context's file is still in its place, and still of this installation.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    opening::sqlite::{
        connection,
        placed_file::{PlacedFile, log_of},
    },
    sqlite::OpenError,
};

/// How often it is checked.
const PAUSE: Duration = Duration::from_secs(1);

/// The size from which a write-ahead log is warned of: 1 GB. It is 16 MB under load, when each commit is moved into the file soon.
const LARGE_LOG_BYTES: u64 = 1_000_000_000;

/// The thread that checks. It ends when this is dropped.
pub(super) struct Watch {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Starts checking, and notifies `replaced` when there is another file or none, or one of another installation.
    pub(super) fn start(
        context: &'static str,
        file: Arc<PlacedFile>,
        replaced: impl Fn(&OpenError) + Send + 'static,
    ) -> Result<Self, OpenError> {
        let (stop, stopped) = mpsc::channel();
        let path = file.path().to_owned();
        let look = move || {
            let mut is_large = false;
            while stopped.recv_timeout(PAUSE) == Err(mpsc::RecvTimeoutError::Timeout) {
                if let Err(error) = look(&file) {
                    replaced(&error);
                }
                is_large = warn_of_log(&log_of(file.path()), is_large);
            }
        };
        let thread = thread::Builder::new()
            .name(format!("{context}-watch"))
            .spawn(look);
        let thread = thread.map_err(|error| OpenError::unusable_for(&path, &error))?;
        Ok(Self { stop, thread })
    }

    /// Stops checking. Blocks until the thread has ended.
    pub(super) fn stop(self) {
        drop(self.stop);
        // An error means that it ended in a panic.
        let _ = self.thread.join();
    }
}

/// Warns when a write-ahead log has grown large: another program keeps a transaction open on the file, so that nothing behind it can be moved into
/// the file. Says whether the log is large, which is warned of once.
fn warn_of_log(log: &Path, was_large: bool) -> bool {
    // Without a log there is nothing to warn of.
    let bytes = log.metadata().map_or(0, |found| found.len());
    let is_large = bytes >= LARGE_LOG_BYTES;
    if is_large && !was_large {
        tracing::warn!(
            log = %log.display(),
            bytes,
            "a write-ahead log is large: a transaction that another program keeps open on the database lets it grow"
        );
    }
    is_large
}

fn look(file: &PlacedFile) -> Result<(), OpenError> {
    file.check_place()?;
    // A connection of its own: one that is open already would not read again what it has cached.
    let content =
        connection::open_for_reading(file.path()).map(|mut connection| file.check_content(&mut connection));
    match content {
        Ok(Ok(checked)) => checked,
        // The users of the file get the error as well, and stop where they have to.
        Ok(Err(error)) => {
            tracing::debug!(%error, "the installation of a file could not be read");
            Ok(())
        }
        Err(error) => {
            tracing::debug!(%error, "a file could not be looked at");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_log_of_a_gigabyte_is_warned_of_once() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("things.sqlite-wal");
        assert!(!warn_of_log(&log, false), "there is none");
        let file = File::create(&log).unwrap();
        for (bytes, large) in [(LARGE_LOG_BYTES - 1, false), (LARGE_LOG_BYTES, true), (0, false)] {
            file.set_len(bytes).unwrap();
            assert_eq!(warn_of_log(&log, !large), large, "{bytes}");
        }
    }
}
