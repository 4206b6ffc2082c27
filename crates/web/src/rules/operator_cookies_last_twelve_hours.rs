//! The cookie of the operators' pages is valid for twelve hours after logging in, however much it is used.
//!
//! That is a working day, and somewhat more. The session that it names can end earlier.

use shared_kernel::Timestamp;

/// How long a cookie is valid, in hours.
pub(crate) const LIFETIME_HOURS: i64 = 12;

/// When a cookie ends that is made at this time, in seconds since 1970.
pub(crate) fn end(made_at: Timestamp) -> i64 {
    made_at.plus_seconds(LIFETIME_HOURS * 60 * 60).as_seconds()
}

/// Whether a cookie that ends then, in seconds since 1970, is valid now.
pub(crate) fn is_valid(ends: i64, now: Timestamp) -> bool {
    now.as_seconds() < ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_valid_for_twelve_hours_and_not_a_second_longer() {
        let made_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let ends = end(made_at);
        assert!(is_valid(ends, made_at));
        assert!(is_valid(ends, "2026-01-01T11:59:59Z".parse().unwrap()));
        assert!(!is_valid(ends, "2026-01-01T12:00:00Z".parse().unwrap()));
    }
}
