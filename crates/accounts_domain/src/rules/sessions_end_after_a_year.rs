//! A session ends 365 days after its user logged in, however much it is used.

use shared_kernel::Timestamp;

/// How long a session lasts at most, in seconds.
pub const LONGEST_SECONDS: i64 = 365 * 24 * 60 * 60;

/// When a session expires that was opened at this time, and would expire then if it were not for this rule.
pub(crate) fn expiry(opened_at: Timestamp, unused: Timestamp) -> Timestamp {
    unused.min(opened_at.plus_seconds(LONGEST_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_365_days_and_no_second_longer() {
        let opened_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let last: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let before = last.plus_seconds(-1);
        assert_eq!(expiry(opened_at, before), before);
        assert_eq!(expiry(opened_at, last), last);
        assert_eq!(expiry(opened_at, last.plus_seconds(1)), last);
    }
}
