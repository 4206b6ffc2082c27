//! Looks once a second whether a context's file is still where it was, and still of this installation.

use std::{
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    opening::sqlite::{connection, placed_file::PlacedFile},
    sqlite::OpenError,
};

/// How often it is looked.
const PAUSE: Duration = Duration::from_secs(1);

/// The thread that looks. It ends when this is dropped.
pub(super) struct Watch {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Looks from now on, and tells `replaced` when another file or none is there, or one of another installation.
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

    /// Looks no more. Blocks until it has ended.
    pub(super) fn stop(self) {
        drop(self.stop);
        // An error says that it ended in a panic.
        let _ = self.thread.join();
    }
}

fn look(file: &PlacedFile) -> Result<(), OpenError> {
    file.check_place()?;
    // A connection of its own: one that is open already would not read again what it has read.
    let content =
        connection::open_for_reading(file.path()).map(|mut connection| file.check_content(&mut connection));
    match content {
        Ok(Ok(checked)) => checked,
        // Those who use it are told so as well, and stop where they have to.
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
