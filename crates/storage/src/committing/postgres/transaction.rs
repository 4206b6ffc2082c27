//! How a transaction of ours ends: in a COMMIT that waits for the disk, or not at all.

use diesel::result::Error as DieselError;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

/// Where the settings stand in the server's refusal of [`COMMIT`].
const FOUND: &str = "found fsync = ";

/// Commits, unless the server would not keep what it says it has committed. A server's process takes on settings that were changed between
/// two messages of its client and never within one, so what is found here is still so in the COMMIT behind it. The text that is no number
/// is how SQL says an error in words of ours; after it the rest of the message is not executed.
const COMMIT: &str = "SELECT CASE WHEN current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'
         AND current_setting('synchronous_commit') <> 'off' THEN 0
     ELSE ('found fsync = ' || current_setting('fsync') || ', full_page_writes = ' || current_setting('full_page_writes')
         || ', synchronous_commit = ' || current_setting('synchronous_commit')
         || '; expected on, on and anything but off')::integer END;
     COMMIT";

/// Why a transaction was not committed, as far as that is known.
#[derive(Debug)]
pub enum NotCommitted {
    /// It is certain that nothing was written: the server's settings would lose it. They are told.
    Unsafe(String),
    /// The connection broke, or the server said an error: it may have been committed or not.
    Unknown(DieselError),
}

/// Ends the open transaction so that what it wrote is on disk.
pub(crate) async fn commit(mut connection: &AsyncPgConnection) -> Result<(), NotCommitted> {
    connection
        .batch_execute(COMMIT)
        .await
        .map_err(|error| match refusal(&error) {
            Some(settings) => NotCommitted::Unsafe(settings),
            None => NotCommitted::Unknown(error),
        })
}

fn refusal(error: &DieselError) -> Option<String> {
    let DieselError::DatabaseError(_, information) = error else {
        return None;
    };
    // The server puts the text in quotes of its language.
    let (_, settings) = information.message().split_once(FOUND)?;
    let settings = settings.trim_end_matches(|last: char| !last.is_alphanumeric());
    Some(format!(
        "the server would not keep what is committed: {FOUND}{settings}"
    ))
}
