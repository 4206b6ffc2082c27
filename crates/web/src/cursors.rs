//! Cursors: a signed position in a list, so that only a cursor from an earlier answer is accepted.
//!
//! A cursor is the position of a page's last item (its time in microseconds, its id, and its name in a list sorted by name)
//! and the signature of that position in that list, all as hexadecimal digits. For callers it is opaque.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared_kernel::Timestamp;
use uuid::Uuid;

/// The digits of the time, and then of the id; those after them, up to the signature, are the name.
const TIME_DIGITS: usize = 16;
const ID_DIGITS: usize = 32;
/// Bytes of a signature that a cursor carries: 128 bits are beyond guessing, and it stays short.
const SIGNATURE_BYTES: usize = 16;

/// Where a page ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CursorPosition {
    /// The epoch, in a list that is sorted by names alone.
    pub(crate) time: Timestamp,
    /// What is compared before the id where times are equal; empty in a list without it.
    pub(crate) name: String,
    pub(crate) id: Uuid,
}

impl CursorPosition {
    /// A position in a list that is sorted by ids alone.
    pub(crate) const fn by_id(id: Uuid) -> Self {
        Self {
            time: Timestamp::EPOCH,
            name: String::new(),
            id,
        }
    }
}

/// Makes cursors and reads them. Clones share the key.
#[derive(Clone)]
pub struct Cursors {
    key: Arc<[u8; 32]>,
}

impl Cursors {
    /// Cursors signed with `key`. It has to stay the same over restarts, or pages that are being read end early.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key: Arc::new(key) }
    }

    /// The cursor of a position in the list named `list`.
    pub(crate) fn cursor(&self, list: &str, position: &CursorPosition) -> String {
        let (time, id) = (position.time.as_microseconds(), position.id.simple());
        let position = format!("{time:016x}{id}{}", digits(position.name.as_bytes()));
        let signature = self.mac(list, &position).map(|mac| mac.finalize().into_bytes());
        let signature = signature.unwrap_or_default();
        let shown = signature.get(..SIGNATURE_BYTES).unwrap_or_default();
        position + &digits(shown)
    }

    /// The position of a cursor of the list named `list`; `None` when it is not one of its cursors.
    pub(crate) fn position(&self, list: &str, cursor: &str) -> Option<CursorPosition> {
        let signature = cursor.len().checked_sub(2 * SIGNATURE_BYTES)?;
        let (position, signature) = cursor.split_at_checked(signature)?;
        // Compares in constant time.
        self.mac(list, position)?
            .verify_truncated_left(&bytes(signature)?)
            .ok()?;
        let (time, rest) = position.split_at_checked(TIME_DIGITS)?;
        let (id, name) = rest.split_at_checked(ID_DIGITS)?;
        let time = i64::from_str_radix(time, 16).ok()?;
        Some(CursorPosition {
            time: Timestamp::from_microseconds(time).ok()?,
            name: String::from_utf8(bytes(name)?).ok()?,
            id: id.parse().ok()?,
        })
    }

    fn mac(&self, list: &str, position: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).ok()?;
        mac.update(position.as_bytes());
        mac.update(list.as_bytes());
        Some(mac)
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of lower-case hexadecimal digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f').then_some(byte);
    if !digits.len().is_multiple_of(2) || digits.bytes().any(|byte| digit(byte).is_none()) {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|position| u8::from_str_radix(digits.get(position..position + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> CursorPosition {
        CursorPosition {
            time: Timestamp::from_microseconds(1_767_225_600_000_123).unwrap(),
            name: String::new(),
            id: "0196a0b0-0000-7000-8000-00000000002a".parse().unwrap(),
        }
    }

    #[test]
    fn a_cursor_leads_back_to_its_position() {
        let cursors = Cursors::new([7; 32]);
        let with_a_name = CursorPosition {
            name: "ordering.users".to_owned(),
            ..position()
        };
        for position in [position(), with_a_name] {
            let cursor = cursors.cursor("/orders", &position);
            assert_eq!(cursors.position("/orders", &cursor), Some(position));
        }
    }

    #[test]
    fn a_cursor_of_another_list_or_another_key_is_none() {
        let cursors = Cursors::new([7; 32]);
        let cursor = cursors.cursor("/orders", &position());
        assert_eq!(cursors.position("/orders?status=pending", &cursor), None);
        assert_eq!(Cursors::new([8; 32]).position("/orders", &cursor), None);
    }

    #[test]
    fn no_digit_of_a_cursor_can_be_changed_left_out_or_added() {
        let cursors = Cursors::new([7; 32]);
        let cursor = cursors.cursor("/orders", &position());
        for position in 0..cursor.len() {
            let other = if &cursor[position..=position] == "0" {
                "1"
            } else {
                "0"
            };
            let tampered = format!("{}{other}{}", &cursor[..position], &cursor[position + 1..]);
            assert_eq!(cursors.position("/orders", &tampered), None, "{position}");
            assert_eq!(
                cursors.position("/orders", &cursor[..position]),
                None,
                "{position}"
            );
        }
        let umlauts = "ä".repeat(40);
        for text in [
            "",
            "abc",
            &format!("{cursor}00"),
            &cursor.to_uppercase(),
            &umlauts,
        ] {
            assert_eq!(cursors.position("/orders", text), None, "{text:?}");
        }
    }
}
