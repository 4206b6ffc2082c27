//! Which file a context's database is. A path can come to name another file, when a folder is renamed or restored under a process that
//! has the file open; what is written from then on would be lost.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use diesel::{QueryResult, SqliteConnection};
use uuid::Uuid;

use crate::{opening::sqlite::installation_id, sqlite::OpenError};

/// A context's database file and its write-ahead log as they were when they were opened, and the path at which they have to stay.
#[derive(Debug)]
pub(crate) struct PlacedFile {
    path: PathBuf,
    log_path: PathBuf,
    file: FileId,
    log: FileId,
    /// The installation that it belongs to, once that is known.
    installation: OnceLock<Uuid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl PlacedFile {
    /// The file at `path` and its log, which a connection has open.
    pub(super) fn at(path: &Path) -> Result<Self, OpenError> {
        let found = |path: &Path| FileId::of(path).map_err(|error| OpenError::unusable_for(path, &error));
        let log_path = log_of(path);
        Ok(Self {
            path: path.to_owned(),
            file: found(path)?,
            log: found(&log_path)?,
            log_path,
            installation: OnceLock::new(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The installation that the file belongs to, if one was recorded in it.
    pub(super) fn installation(&self) -> Option<Uuid> {
        self.installation.get().copied()
    }

    /// From now on the file has to belong to this installation. Only the first call counts.
    pub(super) fn belongs_to(&self, installation: Uuid) {
        // An error means that it was set before.
        let _ = self.installation.set(installation);
    }

    /// # Errors
    /// [`OpenError::Replaced`] when another file or none is where it was, or where its log was.
    pub(crate) fn check_place(&self) -> Result<(), OpenError> {
        for (path, expected) in [(&self.path, self.file), (&self.log_path, self.log)] {
            let found = match FileId::of(path) {
                Ok(found) if found == expected => continue,
                Ok(_) => "another file".to_owned(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => "no file".to_owned(),
                Err(error) => error.to_string(),
            };
            return Err(Self::replaced(path, found));
        }
        Ok(())
    }

    /// What is read through `connection` has to belong to the installation of this file: the file can be overwritten in its place.
    ///
    /// # Errors
    /// What the database says; inside, [`OpenError::Replaced`].
    pub(super) fn check_content(
        &self,
        connection: &mut SqliteConnection,
    ) -> QueryResult<Result<(), OpenError>> {
        let Some(expected) = self.installation() else {
            return Ok(Ok(()));
        };
        Ok(match installation_id::read(connection)? {
            Some(found) if found == expected => Ok(()),
            Some(found) => Err(Self::replaced(
                &self.path,
                format!("a file of installation {found}"),
            )),
            None => Err(Self::replaced(&self.path, "a file of no installation".to_owned())),
        })
    }

    fn replaced(path: &Path, found: String) -> OpenError {
        OpenError::Replaced {
            file: path.to_owned(),
            found,
        }
    }
}

impl FileId {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// The write-ahead log of a database file, as SQLite names it.
pub(super) fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
