//! An access token is accepted for 15 minutes after it was issued, and not before.
//!
//! The clocks of two instances may differ by a minute, and one clock may be set back by as much, so a token that was
//! issued up to 60 seconds in the future is accepted.

/// How long a token is accepted, in seconds.
pub const LIFETIME_SECONDS: u32 = 15 * 60;
/// By how much the clocks of two instances may differ, in seconds.
pub const CLOCK_SKEW_SECONDS: i64 = 60;

/// What the time means for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAge {
    /// It is accepted.
    Current,
    /// It claims to have been issued later than now.
    IssuedInTheFuture,
    /// It has expired.
    Expired,
}

/// When a token expires that is issued at this time. All times are seconds since 1970.
pub const fn expiry(issued_at: i64) -> i64 {
    issued_at.saturating_add(LIFETIME_SECONDS as i64)
}

/// Whether a token may be issued for the time between these two.
pub const fn is_lifetime(issued_at: i64, expires_at: i64) -> bool {
    issued_at < expires_at && expires_at <= expiry(issued_at)
}

/// What the time means for a token that was issued and expires at these times.
pub const fn age(issued_at: i64, expires_at: i64, now: i64) -> TokenAge {
    if issued_at > now.saturating_add(CLOCK_SKEW_SECONDS) {
        TokenAge::IssuedInTheFuture
    } else if expires_at <= now {
        TokenAge::Expired
    } else {
        TokenAge::Current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUED: i64 = 1_767_225_600;

    #[test]
    fn a_token_is_accepted_for_fifteen_minutes_and_not_longer() {
        let expires = expiry(ISSUED);
        assert_eq!(expires, ISSUED + 900);
        for (seconds, expected) in [
            (0, TokenAge::Current),
            (899, TokenAge::Current),
            (900, TokenAge::Expired),
        ] {
            assert_eq!(age(ISSUED, expires, ISSUED + seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_token_of_a_clock_that_is_sixty_seconds_ahead_is_accepted_and_of_sixty_one_is_not() {
        let expires = expiry(ISSUED);
        assert_eq!(age(ISSUED, expires, ISSUED - 60), TokenAge::Current);
        assert_eq!(age(ISSUED, expires, ISSUED - 61), TokenAge::IssuedInTheFuture);
    }

    #[test]
    fn no_token_lasts_longer_than_fifteen_minutes_or_not_at_all() {
        assert!(is_lifetime(ISSUED, ISSUED + 1));
        assert!(is_lifetime(ISSUED, ISSUED + 900));
        for expires_at in [ISSUED + 901, ISSUED, i64::MIN, i64::MAX] {
            assert!(!is_lifetime(ISSUED, expires_at), "{expires_at}");
        }
    }
}
