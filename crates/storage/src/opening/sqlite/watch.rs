//! Checks once a second whether a context's file is still in its place, and still of this installation.

use std::{
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    opening::sqlite::{connection, placed_file::PlacedFile},
    sqlite::OpenError,
};

/// How often it is checked.
const PAUSE: Duration = Duration::from_secs(1);

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
            while stopped.recv_timeout(PAUSE) == Err(mpsc::RecvTimeoutError::Timeout) {
                if let Err(error) = look(&file) {
                    replaced(&error);
                }
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
