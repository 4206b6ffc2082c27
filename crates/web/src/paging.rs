//! Lists: `limit`, `cursor`, and the way to the next page.
//!
//! A cursor is the position of a page's last order, as 48 hexadecimal digits: its time in microseconds,
//! then its id. Callers are told nothing of that.

use ordering_app::{OrderPosition, PageRequest};
use serde::Serialize;
use shared_kernel::{OrderId, Timestamp};

use crate::{
    field_errors::{FieldCode, Wrong},
    parameters::Parameters,
};

const SMALLEST_LIMIT: u32 = 1;
const LARGEST_LIMIT: u32 = 100;
const USUAL_LIMIT: u32 = 20;
/// Digits of a cursor that hold the time; the rest hold the id.
const TIME_DIGITS: usize = 16;
const CURSOR_DIGITS: usize = 48;

/// A list on the wire.
#[derive(Serialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    pub(crate) next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that is never longer than one page.
    pub(crate) const fn whole(data: Vec<T>) -> Self {
        Self {
            data,
            next_cursor: None,
        }
    }
}

/// The page that the query asks for.
pub(crate) fn page_request(parameters: &mut Parameters) -> Option<PageRequest> {
    let limit = parameters.optional("limit", limit);
    let after = parameters.optional("cursor", position);
    Some(PageRequest {
        limit: limit?.unwrap_or(USUAL_LIMIT),
        after: after?,
    })
}

fn limit(text: &str) -> Result<u32, Wrong> {
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (SMALLEST_LIMIT..=LARGEST_LIMIT).contains(limit));
    limit.ok_or_else(|| {
        let detail = format!("expected a whole number from {SMALLEST_LIMIT} to {LARGEST_LIMIT}");
        Wrong::new(FieldCode::InvalidLimit, detail)
    })
}

/// The cursor of a position.
pub(crate) fn cursor(position: &OrderPosition) -> String {
    let time = position.placed_at.as_microseconds();
    format!("{time:016x}{}", position.order_id.uuid().simple())
}

fn position(cursor: &str) -> Result<OrderPosition, Wrong> {
    read_position(cursor).ok_or_else(|| {
        let detail = "expected a cursor as an earlier answer gave it";
        Wrong::new(FieldCode::InvalidCursor, detail)
    })
}

fn read_position(cursor: &str) -> Option<OrderPosition> {
    let digits = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if cursor.len() != CURSOR_DIGITS || !cursor.bytes().all(digits) {
        return None;
    }
    let (time, id) = cursor.split_at_checked(TIME_DIGITS)?;
    let time = i64::from_str_radix(time, 16).ok()?;
    Some(OrderPosition {
        placed_at: Timestamp::from_microseconds(time).ok()?,
        order_id: id.parse::<OrderId>().ok()?,
    })
}

/// The `Link` to the next page: the same query, with another cursor.
pub(crate) fn next_link(path: &str, query: &str, cursor: &str) -> String {
    let kept: String = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
        .flat_map(|pair| [pair, "&"])
        .collect();
    format!("<{path}?{kept}cursor={cursor}>; rel=\"next\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_position() {
        let position = OrderPosition {
            placed_at: Timestamp::from_microseconds(1_767_225_600_000_123).unwrap(),
            order_id: "0196a0b0-0000-7000-8000-00000000002a".parse().unwrap(),
        };
        let cursor = cursor(&position);
        assert_eq!(cursor, "000647484620407b0196a0b000007000800000000000002a");
        assert_eq!(read_position(&cursor), Some(position));
    }

    #[test]
    fn what_no_list_gave_out_is_no_cursor() {
        let long = "0".repeat(49);
        let after_the_end_of_time = "7f".repeat(24);
        let umlauts = "ä".repeat(24);
        for text in ["", "abc", &long, &after_the_end_of_time, &umlauts] {
            assert!(read_position(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_next_link_keeps_the_filters_and_replaces_the_cursor() {
        assert_eq!(
            next_link("/orders", "status=pending&cursor=1&limit=5", "2"),
            r#"</orders?status=pending&limit=5&cursor=2>; rel="next""#
        );
        assert_eq!(next_link("/orders", "", "2"), r#"</orders?cursor=2>; rel="next""#);
    }
}
