//! Folders whose entries are on disk, and which only their owner opens. A file is found again after the loss of power only when the folder that
//! names it was synced, and so was each folder above that was made for it.

use std::{
    fs::{self, DirBuilder, File, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The mode of a folder that is made here: orders, addresses and mails are nobody's but the owner's.
const FOLDER_MODE: u32 = 0o700;
/// The mode of a file that is made in such a folder.
pub const FILE_MODE: u32 = 0o600;

/// Takes from a folder or a file that is there already whatever others than its owner may do with it. What belongs to another user stays as it
/// is, since only they can change it.
///
/// # Errors
/// What the system says.
pub fn keep_to_owner(path: &Path) -> io::Result<()> {
    let found = path.metadata()?;
    let mode = if found.is_dir() { FOLDER_MODE } else { FILE_MODE };
    if found.permissions().mode() & 0o777 & !mode == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            tracing::warn!(path = %path.display(), "others than its owner may open it, and it belongs to another user");
            Ok(())
        }
        set => set,
    }
}

/// Makes the folder at `path` and whatever is missing above it. Each folder's name is on disk before anything is made below it, so if a
/// folder exists, only its parent has to be synced, and none further up.
///
/// # Errors
/// The system's error; some of the folders may exist by then.
pub fn make_folder(path: &Path) -> io::Result<()> {
    #[cfg(debug_assertions)]
    if crate::canary::KnownBug::UnsyncedFolders.is_on() {
        return fs::create_dir_all(path);
    }
    // A relative path begins in the working folder, which no component names.
    let path = std::path::absolute(path)?;
    let mut missing: Vec<PathBuf> = Vec::new();
    let mut there = path;
    while !there.try_exists()? {
        let Some(above) = there.parent().map(Path::to_owned) else {
            break;
        };
        missing.push(std::mem::replace(&mut there, above));
    }
    if !there.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    // The process that made it may have been killed before its name was on disk.
    sync_name_of(&there)?;
    for folder in missing.into_iter().rev() {
        match DirBuilder::new().mode(FOLDER_MODE).create(&folder) {
            // Another process made it first, and may not have synced it yet.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        if let Some(above) = folder.parent() {
            sync_folder(above)?;
        }
    }
    Ok(())
}

/// Puts a folder's entries on disk: what was made, renamed and removed in it.
///
/// # Errors
/// The system's error; it is unknown then what is on disk.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn sync_name_of(folder: &Path) -> io::Result<()> {
    let Some(above) = folder.parent() else {
        return Ok(());
    };
    match sync_folder(above) {
        // A process that may not even read the parent did not make this folder.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_with_all_that_is_missing_above_it_and_may_be_there_already() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("not/made/yet");
        make_folder(&folder).unwrap();
        make_folder(&folder).unwrap();
        assert!(folder.is_dir());
    }

    #[test]
    fn what_is_made_and_what_is_there_is_kept_to_its_owner() {
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("made");
        make_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("file");
        fs::write(&file, "").unwrap();
        for (path, open, kept) in [
            (&folder, 0o755, 0o700),
            (&file, 0o644, 0o600),
            (&file, 0o400, 0o400),
        ] {
            fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
            keep_to_owner(path).unwrap();
            assert_eq!(mode(path), kept, "{open:o}");
        }
        assert!(keep_to_owner(&folder.join("nothing")).is_err());
    }

    #[test]
    fn a_folder_below_a_file_is_not_made() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("file");
        fs::write(&file, "in the way").unwrap();
        assert!(make_folder(&file.join("folder")).is_err());
        assert!(make_folder(&file).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
    }
}
