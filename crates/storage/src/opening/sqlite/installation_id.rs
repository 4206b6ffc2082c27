//! The id of the installation that a context's file belongs to, which is stored in each of its files.

use std::path::Path;

use async_trait::async_trait;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection};
use message_bus::Unavailable;
use uuid::Uuid;

use crate::{columns::RowId, schema::installation, sqlite::OpenError};

/// A context's file as one of an installation's.
#[async_trait]
pub trait InstallationFile: Send + Sync {
    /// Where it is.
    fn file(&self) -> &Path;

    /// The installation that it belongs to; none, if no version that records one has opened it yet.
    fn installation(&self) -> Option<Uuid>;

    /// Records the installation that it belongs to, unless one is recorded already, and returns the recorded one.
    async fn belong_to(&self, installation: Uuid) -> Result<Uuid, Unavailable>;
}

/// Ensures that all files of a folder have the id of one installation. If none has an id, that is `fresh`; if some have one (a process was
/// killed in between, or a context is new), it is theirs. Every caller has to pass the files in the same order: the first file decides
/// between two callers at the same time.
///
/// # Errors
/// [`OpenError::Mixed`] when they are of several installations, [`OpenError::Unusable`] when one cannot be written.
pub async fn belong_together(files: &[&dyn InstallationFile], fresh: Uuid) -> Result<(), OpenError> {
    let known = files.iter().map(|file| (file.file(), file.installation()));
    let mut installation = common_installation(known)?.unwrap_or(fresh);
    let mut first: Option<&Path> = None;
    for file in files {
        let recorded = match file.installation() {
            Some(recorded) => recorded,
            None => file
                .belong_to(installation)
                .await
                .map_err(|error| OpenError::unusable_for(file.file(), &error))?,
        };
        match first {
            None => (installation, first) = (recorded, Some(file.file())),
            Some(first) => {
                common_installation([(first, Some(installation)), (file.file(), Some(recorded))])?;
            }
        }
    }
    Ok(())
}

/// The installation of all these files; none, if none of them has an id.
///
/// # Errors
/// [`OpenError::Mixed`] when they are of several.
pub fn common_installation<'a>(
    files: impl IntoIterator<Item = (&'a Path, Option<Uuid>)>,
) -> Result<Option<Uuid>, OpenError> {
    let mut first: Option<(&Path, Uuid)> = None;
    for (other, other_id) in files {
        match (first, other_id) {
            (Some((file, id)), Some(other_id)) if id != other_id => {
                return Err(OpenError::Mixed {
                    file: file.to_owned(),
                    id,
                    other: other.to_owned(),
                    other_id,
                });
            }
            (None, Some(other_id)) => first = Some((other, other_id)),
            (_, _) => {}
        }
    }
    Ok(first.map(|(_, id)| id))
}

/// The id that is stored in a file.
pub(super) fn read(connection: &mut SqliteConnection) -> QueryResult<Option<Uuid>> {
    let id = installation::table
        .select(installation::id)
        .first::<RowId>(connection)
        .optional()?;
    Ok(id.map(|id| id.0))
}

/// Writes an id into a file that has none.
pub(super) fn record(connection: &mut SqliteConnection, id: Uuid) -> QueryResult<()> {
    diesel::insert_or_ignore_into(installation::table)
        .values((installation::only_one.eq(1), installation::id.eq(RowId(id))))
        .execute(connection)?;
    Ok(())
}
