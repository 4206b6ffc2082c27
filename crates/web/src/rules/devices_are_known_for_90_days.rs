//! A device is known to an account for 90 days after somebody logged in to the account from it.

use shared_kernel::Timestamp;

/// How long a device is known, in seconds.
pub(crate) const LIFETIME_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Until when a device is known from which somebody logs in now, in seconds since 1970.
pub(crate) fn end(now: Timestamp) -> i64 {
    now.plus_seconds(LIFETIME_SECONDS).as_seconds()
}

/// Whether a device that is known until then, in seconds since 1970, is known now.
pub(crate) fn is_known(ends: i64, now: Timestamp) -> bool {
    now.as_seconds() < ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_for_90_days_and_not_a_second_longer() {
        let ends = end("2026-01-01T00:00:00Z".parse().unwrap());
        assert!(is_known(ends, "2026-03-31T23:59:59Z".parse().unwrap()));
        assert!(!is_known(ends, "2026-04-01T00:00:00Z".parse().unwrap()));
    }
}
