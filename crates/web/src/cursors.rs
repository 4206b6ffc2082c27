//! Cursors: a place in a list, signed, so that only what an earlier answer gave is taken back.
//!
//! A cursor is the position of a page's last order (its time in microseconds, its id) and the signature of that
//! position in that list, all as hexadecimal digits. Callers are told nothing of that.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use ordering_app::OrderPosition;
use sha2::Sha256;
use shared_kernel::{OrderId, Timestamp};

/// Digits that hold the time; those after it, up to the signature, hold the id.
const TIME_DIGITS: usize = 16;
const POSITION_DIGITS: usize = 48;
/// Bytes of a signature that a cursor carries: 128 bits are beyond guessing, and it stays short.
const SIGNATURE_BYTES: usize = 16;

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
    pub(crate) fn cursor(&self, list: &str, position: &OrderPosition) -> String {
        let time = position.placed_at.as_microseconds();
        let place = format!("{time:016x}{}", position.order_id.uuid().simple());
        let signature = self.mac(list, &place).map(|mac| mac.finalize().into_bytes());
        let signature = signature.unwrap_or_default();
        let shown = signature.iter().take(SIGNATURE_BYTES);
        shown.fold(place, |text, byte| text + &format!("{byte:02x}"))
    }

    /// The position that a cursor of the list named `list` stands for; `None` when it is none of its cursors.
    pub(crate) fn position(&self, list: &str, cursor: &str) -> Option<OrderPosition> {
        let (place, signature) = cursor.split_at_checked(POSITION_DIGITS)?;
        let signature = bytes(signature)?;
        if signature.len() != SIGNATURE_BYTES {
            return None;
        }
        // Compares in constant time.
        self.mac(list, place)?.verify_truncated_left(&signature).ok()?;
        let (time, id) = place.split_at_checked(TIME_DIGITS)?;
        let time = i64::from_str_radix(time, 16).ok()?;
        Some(OrderPosition {
            placed_at: Timestamp::from_microseconds(time).ok()?,
            order_id: id.parse::<OrderId>().ok()?,
        })
    }

    fn mac(&self, list: &str, place: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).ok()?;
        mac.update(place.as_bytes());
        mac.update(list.as_bytes());
        Some(mac)
    }
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

    fn position() -> OrderPosition {
        OrderPosition {
            placed_at: Timestamp::from_microseconds(1_767_225_600_000_123).unwrap(),
            order_id: "0196a0b0-0000-7000-8000-00000000002a".parse().unwrap(),
        }
    }

    #[test]
    fn a_cursor_leads_back_to_its_position() {
        let cursors = Cursors::new([7; 32]);
        let cursor = cursors.cursor("/orders", &position());
        assert_eq!(cursors.position("/orders", &cursor), Some(position()));
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
        for place in 0..cursor.len() {
            let other = if &cursor[place..=place] == "0" { "1" } else { "0" };
            let tampered = format!("{}{other}{}", &cursor[..place], &cursor[place + 1..]);
            assert_eq!(cursors.position("/orders", &tampered), None, "{place}");
            assert_eq!(cursors.position("/orders", &cursor[..place]), None, "{place}");
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
