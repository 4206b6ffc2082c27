//! Cursors: a place in a list, signed, so that only what an earlier answer gave is taken back.
//!
//! A cursor is the place of a page's last thing (its time in microseconds, its id, its name where the list goes by names as
//! well) and the signature of that place in that list, all as hexadecimal digits. Callers are told nothing of that.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared_kernel::Timestamp;
use uuid::Uuid;

/// Digits that hold the time, and then the id; those after them, up to the signature, hold the name.
const TIME_DIGITS: usize = 16;
const ID_DIGITS: usize = 32;
/// Bytes of a signature that a cursor carries: 128 bits are beyond guessing, and it stays short.
const SIGNATURE_BYTES: usize = 16;

/// Where a page ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The epoch, in a list that goes by names alone.
    pub(crate) time: Timestamp,
    /// What comes before the id where times are equal; empty in a list that has nothing of the kind.
    pub(crate) name: String,
    pub(crate) id: Uuid,
}

impl Place {
    /// A place in a list that goes by ids alone.
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

    /// The cursor of a place in the list named `list`.
    pub(crate) fn cursor(&self, list: &str, place: &Place) -> String {
        let (time, id) = (place.time.as_microseconds(), place.id.simple());
        let place = format!("{time:016x}{id}{}", digits(place.name.as_bytes()));
        let signature = self.mac(list, &place).map(|mac| mac.finalize().into_bytes());
        let signature = signature.unwrap_or_default();
        let shown = signature.get(..SIGNATURE_BYTES).unwrap_or_default();
        place + &digits(shown)
    }

    /// The place that a cursor of the list named `list` stands for; `None` when it is none of its cursors.
    pub(crate) fn place(&self, list: &str, cursor: &str) -> Option<Place> {
        let signature = cursor.len().checked_sub(2 * SIGNATURE_BYTES)?;
        let (place, signature) = cursor.split_at_checked(signature)?;
        // Compares in constant time.
        self.mac(list, place)?
            .verify_truncated_left(&bytes(signature)?)
            .ok()?;
        let (time, rest) = place.split_at_checked(TIME_DIGITS)?;
        let (id, name) = rest.split_at_checked(ID_DIGITS)?;
        let time = i64::from_str_radix(time, 16).ok()?;
        Some(Place {
            time: Timestamp::from_microseconds(time).ok()?,
            name: String::from_utf8(bytes(name)?).ok()?,
            id: id.parse().ok()?,
        })
    }

    fn mac(&self, list: &str, place: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).ok()?;
        mac.update(place.as_bytes());
        mac.update(list.as_bytes());
        Some(mac)
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that lower-case hexadecimal digits stand for.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f').then_some(byte);
    if !digits.len().is_multiple_of(2) || digits.bytes().any(|byte| digit(byte).is_none()) {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            time: Timestamp::from_microseconds(1_767_225_600_000_123).unwrap(),
            name: String::new(),
            id: "0196a0b0-0000-7000-8000-00000000002a".parse().unwrap(),
        }
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let cursors = Cursors::new([7; 32]);
        let with_a_name = Place {
            name: "ordering.users".to_owned(),
            ..place()
        };
        for place in [place(), with_a_name] {
            let cursor = cursors.cursor("/orders", &place);
            assert_eq!(cursors.place("/orders", &cursor), Some(place));
        }
    }

    #[test]
    fn a_cursor_of_another_list_or_another_key_is_none() {
        let cursors = Cursors::new([7; 32]);
        let cursor = cursors.cursor("/orders", &place());
        assert_eq!(cursors.place("/orders?status=pending", &cursor), None);
        assert_eq!(Cursors::new([8; 32]).place("/orders", &cursor), None);
    }

    #[test]
    fn no_digit_of_a_cursor_can_be_changed_left_out_or_added() {
        let cursors = Cursors::new([7; 32]);
        let cursor = cursors.cursor("/orders", &place());
        for place in 0..cursor.len() {
            let other = if &cursor[place..=place] == "0" { "1" } else { "0" };
            let tampered = format!("{}{other}{}", &cursor[..place], &cursor[place + 1..]);
            assert_eq!(cursors.place("/orders", &tampered), None, "{place}");
            assert_eq!(cursors.place("/orders", &cursor[..place]), None, "{place}");
        }
        let umlauts = "ä".repeat(40);
        for text in [
            "",
            "abc",
            &format!("{cursor}00"),
            &cursor.to_uppercase(),
            &umlauts,
        ] {
            assert_eq!(cursors.place("/orders", text), None, "{text:?}");
        }
    }
}
