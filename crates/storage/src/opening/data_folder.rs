//! The folder of an embedded installation, and the lock that allows only one server to use it.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::opening::folders::{FILE_MODE, keep_to_owner, make_folder, sync_folder};

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It could not be made, or it cannot be written or synced.
    #[error("cannot write in the data folder {}: {source}", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another server holds its lock.
    #[error("the data folder {} is already served by another process", folder.display())]
    AlreadyServed {
        /// The folder.
        folder: PathBuf,
    },
}

/// The database file of a context in the folder at `path`, which need not exist.
pub fn database_file(path: &Path, context: &str) -> PathBuf {
    path.join(format!("{context}.sqlite"))
}

/// A folder for databases.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

/// The lock of the one process that serves a folder; released when it is dropped, and by the system when the process ends.
#[derive(Debug)]
pub struct ServingLock {
    _file: File,
}

impl DataFolder {
    /// The folder at `path`, made if it is missing.
    ///
    /// # Errors
    /// [`FolderError::NotWritable`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let folder = Self(path.to_owned());
        make_folder(path)
            .and_then(|()| folder.keep_to_owner())
            .map_err(|source| folder.not_writable(source))?;
        folder.open_lock_file()?;
        sync_folder(path).map_err(|source| folder.not_writable(source))?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The database file of a context.
    pub fn database(&self, context: &str) -> PathBuf {
        database_file(&self.0, context)
    }

    /// Takes the lock that `serve` needs.
    ///
    /// # Errors
    /// [`FolderError::AlreadyServed`], [`FolderError::NotWritable`].
    pub fn lock_for_serving(&self) -> Result<ServingLock, FolderError> {
        let file = self.open_lock_file()?;
        match file.try_lock() {
            Ok(()) => Ok(ServingLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FolderError::AlreadyServed {
                folder: self.0.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(self.not_writable(source)),
        }
    }

    /// The folder, and the databases that an earlier version made readable to all. SQLite gives its logs and shared memory the mode of their
    /// database.
    fn keep_to_owner(&self) -> io::Result<()> {
        keep_to_owner(&self.0)?;
        for entry in self.0.read_dir()? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.contains(".sqlite") || name.ends_with(".lock") {
                match keep_to_owner(&path) {
                    // A log or shared memory that another process of this installation has removed since.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    kept => kept?,
                }
            }
        }
        Ok(())
    }

    fn open_lock_file(&self) -> Result<File, FolderError> {
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(FILE_MODE)
            .open(self.0.join("serving.lock"))
            .map_err(|source| self.not_writable(source))
    }

    fn not_writable(&self, source: io::Error) -> FolderError {
        FolderError::NotWritable {
            folder: self.0.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_second_server_is_refused_until_the_first_is_gone() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let lock = folder.lock_for_serving().unwrap();
        assert!(matches!(
            folder.lock_for_serving(),
            Err(FolderError::AlreadyServed { .. })
        ));
        drop(lock);
        assert!(folder.lock_for_serving().is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let temporary = tempfile::tempdir().unwrap();
        let occupied = temporary.path().join("file");
        fs::write(&occupied, "in the way").unwrap();
        let error = DataFolder::open(&occupied).unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
