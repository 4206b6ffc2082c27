//! Folders whose entries are on disk. After a power loss a file is found again only if the folder that names it was synced, and so was
//! each folder above that was made for it.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

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
        match fs::create_dir(&folder) {
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
    fn a_folder_below_a_file_is_not_made() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("file");
        fs::write(&file, "in the way").unwrap();
        assert!(make_folder(&file.join("folder")).is_err());
        assert!(make_folder(&file).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
    }
}
