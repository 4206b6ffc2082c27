//! The end of our transactions: a COMMIT that waits for the disk, or none.

use diesel::result::Error as DieselError;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

/// The part of the server's refusal of [`COMMIT`] that holds the settings.
const FOUND: &str = "found fsync = ";

/// Commits, unless the server's settings would lose what it has committed. A server's process takes on changed settings between two
/// messages of its client and never within one, so what is checked here is still so in the COMMIT behind it. Casting a text that is no
/// number makes SQL fail with a message of ours; after that the rest of the message is not executed.
const COMMIT: &str = "SELECT CASE WHEN current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'
         AND current_setting('synchronous_commit') <> 'off' THEN 0
     ELSE ('found fsync = ' || current_setting('fsync') || ', full_page_writes = ' || current_setting('full_page_writes')
         || ', synchronous_commit = ' || current_setting('synchronous_commit')
         || '; expected on, on and anything but off')::integer END;
     COMMIT";

/// Why a transaction was not committed, as far as that is known.
#[derive(Debug)]
pub enum NotCommitted {
    /// It is certain that nothing was written: the server's settings would lose it. They are in the error.
    Unsafe(String),
    /// The connection broke, or the server returned an error: it may have been committed or not.
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
    // The server quotes the text in the quotation marks of its language.
    let (_, settings) = information.message().split_once(FOUND)?;
    let settings = settings.trim_end_matches(|last: char| !last.is_alphanumeric());
    Some(format!(
        "the server would not keep what is committed: {FOUND}{settings}"
    ))
}
