//! A refresh token is used once. Using it again ends the session, since it may have been stolen.
//!
//! Two requests of one client can use a token at the same time, and an answer can get lost. So for ten seconds
//! the token that was just replaced gets the same successor again, unless the successor has been used itself.

use shared_kernel::Timestamp;

use crate::{PresentedToken, TokenHash};

/// How long a replaced token still gets its successor, in milliseconds.
pub const GRACE_WINDOW_MILLISECONDS: i64 = 10_000;

/// The token that the current one replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplacedToken {
    /// Its hash.
    pub hash: TokenHash,
    /// When it was replaced.
    pub replaced_at: Timestamp,
}

/// What presenting a token of a session's family means. A token that is neither the current nor the replaced one
/// is an older one of the family: its successor has been used.
pub(crate) fn judge(
    current: TokenHash,
    replaced: Option<ReplacedToken>,
    presented: TokenHash,
    now: Timestamp,
) -> PresentedToken {
    if presented == current {
        return PresentedToken::Newest;
    }
    match replaced {
        Some(replaced)
            if replaced.hash == presented
                && now.milliseconds_since(replaced.replaced_at) <= GRACE_WINDOW_MILLISECONDS =>
        {
            PresentedToken::JustReplaced
        }
        Some(_) | None => PresentedToken::UsedAgain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLDER: TokenHash = TokenHash::new([1; 32]);
    const REPLACED: TokenHash = TokenHash::new([2; 32]);
    const CURRENT: TokenHash = TokenHash::new([3; 32]);

    fn judged(presented: TokenHash, milliseconds_after: i64) -> PresentedToken {
        let replaced_at = Timestamp::from_microseconds(1_767_225_600_000_000).unwrap();
        let replaced = ReplacedToken {
            hash: REPLACED,
            replaced_at,
        };
        judge(
            CURRENT,
            Some(replaced),
            presented,
            replaced_at.plus_milliseconds(milliseconds_after),
        )
    }

    #[test]
    fn the_newest_token_is_replaced_at_any_time() {
        assert_eq!(judged(CURRENT, 0), PresentedToken::Newest);
        assert_eq!(judged(CURRENT, 1_000_000), PresentedToken::Newest);
    }

    #[test]
    fn the_replaced_token_has_a_grace_window_of_ten_seconds() {
        assert_eq!(judged(REPLACED, 10_000), PresentedToken::JustReplaced);
        assert_eq!(judged(REPLACED, 10_001), PresentedToken::UsedAgain);
    }

    #[test]
    fn a_request_that_was_issued_before_the_faster_one_is_within_the_window() {
        assert_eq!(judged(REPLACED, -50), PresentedToken::JustReplaced);
    }

    #[test]
    fn an_older_token_is_reuse_even_within_the_window() {
        assert_eq!(judged(OLDER, 1), PresentedToken::UsedAgain);
        let at = Timestamp::from_microseconds(0).unwrap();
        assert_eq!(judge(CURRENT, None, OLDER, at), PresentedToken::UsedAgain);
    }
}
