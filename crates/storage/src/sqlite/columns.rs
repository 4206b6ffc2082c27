//! The form of ids in SQLite: sixteen bytes, which sort like UUIDv7 does.

use uuid::Uuid;

use crate::ReadError;

/// An id as a column's value.
pub fn uuid_to_blob(uuid: Uuid) -> Vec<u8> {
    uuid.as_bytes().to_vec()
}

/// An id from a column's value.
///
/// # Errors
/// [`ReadError::Corrupt`] unless it is sixteen bytes long.
pub fn uuid_from_blob(blob: &[u8]) -> Result<Uuid, ReadError> {
    Uuid::from_slice(blob).map_err(ReadError::corrupt)
}
