//! Tokens whose signature was verified: a client sends the same one with every request, and it is not verified each time.
//!
//! The key is the whole token, so no other token benefits. Deliberately not here: whether a token is valid at the
//! present time, which is checked by its claims each time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::SignedClaims;

/// The most tokens that are cached: about five megabytes.
const CAPACITY: usize = 10_000;

/// The claims of verified tokens.
#[derive(Default)]
pub(super) struct VerifiedTokens {
    by_token: Mutex<HashMap<Box<str>, SignedClaims>>,
}

impl VerifiedTokens {
    /// The token's claims, if it was verified before.
    pub(super) fn get(&self, token: &str) -> Option<SignedClaims> {
        self.by_token().get(token).copied()
    }

    /// Caches a token that was verified at `now`, in seconds since 1970.
    pub(super) fn keep(&self, token: &str, claims: SignedClaims, now: i64) {
        let mut by_token = self.by_token();
        if by_token.len() >= CAPACITY {
            by_token.retain(|_, claims| claims.expires_at > now);
        }
        if by_token.len() >= CAPACITY {
            by_token.clear();
        }
        by_token.insert(token.into(), claims);
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn by_token(&self) -> MutexGuard<'_, HashMap<Box<str>, SignedClaims>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use accounts_app::AccessClaims;
    use shared_kernel::Role;

    use super::*;

    fn claims(expires_at: i64) -> SignedClaims {
        SignedClaims {
            access: AccessClaims {
                user_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
                role: Role::Customer,
                session_id: "0197b2c4-6d00-7000-8000-000000000002".parse().unwrap(),
            },
            issued_at: 0,
            expires_at,
        }
    }

    #[test]
    fn a_token_is_found_by_all_of_it() {
        let tokens = VerifiedTokens::default();
        tokens.keep("a.b.c", claims(9), 0);
        assert_eq!(tokens.get("a.b.c"), Some(claims(9)));
        assert_eq!(tokens.get("a.b.d"), None);
        assert_eq!(tokens.get("a.b"), None);
    }

    #[test]
    fn the_number_of_tokens_is_bounded_and_expired_ones_go_first() {
        let tokens = VerifiedTokens::default();
        tokens.keep("good", claims(2), 0);
        for number in 1..CAPACITY {
            tokens.keep(&number.to_string(), claims(1), 0);
        }
        tokens.keep("another", claims(2), 1);
        assert_eq!(tokens.by_token().len(), 2);
        assert_eq!(tokens.get("good"), Some(claims(2)));
        for number in 0..CAPACITY * 2 {
            tokens.keep(&number.to_string(), claims(2), 1);
            assert!(tokens.by_token().len() <= CAPACITY);
        }
    }
}
