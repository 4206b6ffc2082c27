//! A database's error about a value that it was given, distinguished from an error about itself: the first is permanent, the second may
//! pass.
//!
//! Rules refuse such values before a database sees them, so this is for values that no rule refuses yet. Diesel passes on no SQLSTATE, so
//! only the message is left. SQLite's are English. PostgreSQL's are in the server's language; a zero byte is recognised in any, by a part
//! that is not translated.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Messages about a value, of both engines.
const SAID_OF_VALUES: [&str; 6] = [
    // PostgreSQL, 22P05: a zero byte in JSON.
    "unsupported Unicode escape sequence",
    // 22003.
    "out of range",
    "numeric field overflow",
    // 22001.
    "value too long for type",
    // SQLite, SQLITE_TOOBIG.
    "string or blob too big",
    // SQLite: a sum beyond 64 bits.
    "integer overflow",
];

/// Whether a database refused a value.
pub(crate) fn is_about_a_value(error: &DieselError) -> bool {
    let DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) = error else {
        return false;
    };
    let message = information.message();
    // PostgreSQL, 22021, as in: invalid byte sequence for encoding "UTF8": 0x00
    let no_utf8 = message.contains("UTF8") && message.contains("0x");
    no_utf8 || SAID_OF_VALUES.iter().any(|said| message.contains(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(kind: DatabaseErrorKind, message: &str) -> DieselError {
        DieselError::DatabaseError(kind, Box::new(message.to_owned()))
    }

    #[test]
    fn what_is_said_of_values_is_known_in_another_language_too() {
        for message in [
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "ungültige Byte-Sequenz für Kodierung »UTF8«: 0x00",
            "bigint out of range",
            "value too long for type character varying(3)",
            "string or blob too big",
        ] {
            let error = saying(DatabaseErrorKind::Unknown, message);
            assert!(is_about_a_value(&error), "{message}");
        }
    }

    #[test]
    fn what_may_be_over_soon_is_said_of_no_value() {
        for message in [
            "deadlock detected",
            "canceling statement due to lock timeout",
            "disk I/O error",
        ] {
            let error = saying(DatabaseErrorKind::Unknown, message);
            assert!(!is_about_a_value(&error), "{message}");
        }
        let connection = saying(
            DatabaseErrorKind::UnableToSendCommand,
            "out of range of the network",
        );
        assert!(!is_about_a_value(&connection));
        assert!(!is_about_a_value(&DieselError::NotFound));
    }
}
