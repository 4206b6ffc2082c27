//! A session that was not used for 30 days has expired.

use shared_kernel::Timestamp;

/// How long a session lasts without use, in seconds.
pub const LIFETIME_WITHOUT_USE_SECONDS: i64 = 30 * 24 * 60 * 60;

/// When a session expires that was last used at `last_used_at`.
pub(crate) fn expiry(last_used_at: Timestamp) -> Timestamp {
    last_used_at.plus_seconds(LIFETIME_WITHOUT_USE_SECONDS)
}

/// Whether a session that expires at `expires_at` has expired at `now`.
pub(crate) fn has_expired(expires_at: Timestamp, now: Timestamp) -> bool {
    now >= expires_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_expires_30_days_after_its_last_use_and_not_earlier() {
        let used = Timestamp::from_microseconds(1_767_225_600_000_000).unwrap();
        let expiry = expiry(used);
        assert_eq!(expiry, "2026-01-31T00:00:00Z".parse().unwrap());
        assert!(!has_expired(expiry, expiry.plus_milliseconds(-1)));
        assert!(has_expired(expiry, expiry));
    }
}
