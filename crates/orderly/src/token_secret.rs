//! The secret that signs tokens: given by the operator, or made at the first start and stored with the data.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use accounts_infra::SigningSecret;
use shared_kernel::IdGenerator;
use storage::folders::{FILE_MODE, sync_folder};

use crate::{
    database_location::DatabaseLocation,
    failure::Failure,
    settings::{Settings, token_secret_from_environment},
};

/// The name of the file that a first start makes.
pub(crate) const FILE: &str = "token_secret";

/// The secret that the settings name, or the data folder's own. Several processes may serve one PostgreSQL database, so there each of them
/// has to be given it.
pub(crate) fn token_secret(
    settings: &Settings,
    location: &DatabaseLocation,
    ids: &dyn IdGenerator,
) -> Result<SigningSecret, Failure> {
    if let Some(secret) = token_secret_from_environment() {
        return checked(secret.as_bytes(), "ORDERLY_TOKEN_SECRET");
    }
    if let Some(file) = &settings.token_secret_file {
        let secret = std::fs::read(file).map_err(|error| {
            Failure::usage(format!(
                "ORDERLY_TOKEN_SECRET_FILE is {}: {error}",
                file.display()
            ))
        })?;
        return checked(&secret, "ORDERLY_TOKEN_SECRET_FILE");
    }
    let DatabaseLocation::Folder(folder) = location else {
        return Err(Failure::usage(
            "neither ORDERLY_TOKEN_SECRET_FILE (--token-secret-file) nor ORDERLY_TOKEN_SECRET is set: found none, expected at least 32 bytes, since \
             the data is on a PostgreSQL server",
        ));
    };
    let file = folder.path().join(FILE);
    let secret = kept_secret(&file, ids).map_err(|error| {
        Failure::unavailable(format!("cannot keep a secret in {}: {error}", file.display()))
    })?;
    checked(&secret, &file.display().to_string())
}

fn checked(secret: &[u8], setting: &str) -> Result<SigningSecret, Failure> {
    SigningSecret::new(secret).map_err(|error| Failure::usage(format!("{setting}: {error}")))
}

/// Reads the secret, or makes it. Readable by its owner only.
fn kept_secret(file: &Path, ids: &dyn IdGenerator) -> io::Result<Vec<u8>> {
    match read_and_synced(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return read,
    }
    // Written completely under another name first: so the file is always complete, also after a crash.
    let unfinished = file.with_extension(format!("{}.new", ids.next_id()));
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(&unfinished)?;
    made.write_all(&ids.random_bytes())?;
    made.sync_all()?;
    // Two first starts at once: the one that links first wins, and both use what it linked.
    let linked = std::fs::hard_link(&unfinished, file);
    std::fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    read_and_synced(file)
}

/// The process that made it may have been killed before its name was on disk, and its signatures must be valid after a power loss as well.
fn read_and_synced(file: &Path) -> io::Result<Vec<u8>> {
    let mut secret = Vec::new();
    File::open(file)?.read_to_end(&mut secret)?;
    if let Some(folder) = file.parent() {
        sync_folder(folder)?;
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::system::SystemIds;

    #[test]
    fn the_secret_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let made = kept_secret(&file, &SystemIds).unwrap();
        assert_eq!(made.len(), 32);
        assert_eq!(kept_secret(&file, &SystemIds).unwrap(), made);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }
}
