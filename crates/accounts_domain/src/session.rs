//! A session: one log-in of one user, and the family of refresh tokens that came from it.
//!
//! A plain entity without events: no other context needs to learn of sessions. Its version only guards against
//! two changes at once.

use shared_kernel::{SessionId, Timestamp, UserId, Version};

use crate::{
    TokenHash,
    rules::{
        refresh_tokens_are_used_once::{self, ReplacedToken},
        sessions_expire_unused,
    },
};

/// One log-in of one user.
#[derive(Clone, Debug)]
pub struct Session {
    stored: StoredSession,
}

/// A session as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Identity.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When the user logged in.
    pub opened_at: Timestamp,
    /// When it was last refreshed, or opened.
    pub last_used_at: Timestamp,
    /// When it expires, unless it is refreshed.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
    /// The hash of the newest refresh token.
    pub current_token: TokenHash,
    /// The token that the newest one replaced, if it replaced one.
    pub replaced_token: Option<ReplacedToken>,
    /// The version that is stored; `NEVER_STORED` for a new session.
    pub version: Version,
}

/// What presenting a refresh token of a session means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedToken {
    /// It is the newest: replace it.
    Newest,
    /// It was replaced a moment ago: its holder gets the same successor again.
    JustReplaced,
    /// It was used before: the session must end.
    UsedAgain,
    /// The session has ended or expired: the token is refused.
    Spent,
}

impl Session {
    /// Opens a session, with its first refresh token.
    pub fn open(id: SessionId, user_id: UserId, first_token: TokenHash, now: Timestamp) -> Self {
        Self {
            stored: StoredSession {
                id,
                user_id,
                opened_at: now,
                last_used_at: now,
                expires_at: sessions_expire_unused::expiry(now),
                ended_at: None,
                current_token: first_token,
                replaced_token: None,
                version: Version::NEVER_STORED,
            },
        }
    }

    /// A session as it was stored.
    pub const fn restore(stored: StoredSession) -> Self {
        Self { stored }
    }

    /// What presenting `token`, one of this session's family, means at `now`.
    pub fn judge(&self, token: TokenHash, now: Timestamp) -> PresentedToken {
        if self.is_over(now) {
            return PresentedToken::Spent;
        }
        refresh_tokens_are_used_once::judge(self.stored.current_token, self.stored.replaced_token, token, now)
    }

    /// Replaces the newest token, which lets the session live on.
    pub fn replace_token(&mut self, successor: TokenHash, now: Timestamp) {
        let replaced = ReplacedToken {
            hash: self.stored.current_token,
            replaced_at: now,
        };
        self.stored.replaced_token = Some(replaced);
        self.stored.current_token = successor;
        self.stored.last_used_at = now;
        self.stored.expires_at = sessions_expire_unused::expiry(now);
    }

    /// Ends the session: logging out, or a token that was used again.
    pub fn end(&mut self, now: Timestamp) {
        self.stored.ended_at.get_or_insert(now);
    }

    /// Whether the session has ended or expired.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.stored.ended_at.is_some() || sessions_expire_unused::has_expired(self.stored.expires_at, now)
    }

    /// Its identity.
    pub const fn id(&self) -> SessionId {
        self.stored.id
    }

    /// Whose it is.
    pub const fn user_id(&self) -> UserId {
        self.stored.user_id
    }

    /// What a store keeps. The version is the one it was loaded at; storing a change raises it by one.
    pub const fn as_stored(&self) -> &StoredSession {
        &self.stored
    }
}

/// Sessions are the same one when their ids are equal, whatever else differs.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Session {}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: TokenHash = TokenHash::new([1; 32]);
    const SECOND: TokenHash = TokenHash::new([2; 32]);
    const THIRD: TokenHash = TokenHash::new([3; 32]);

    fn start() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn an_open_session() -> Session {
        let id = "0197b2c4-6d00-7000-8000-000000000002".parse().unwrap();
        let user = "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap();
        Session::open(id, user, FIRST, start())
    }

    #[test]
    fn a_token_is_replaced_by_its_successor() {
        let mut session = an_open_session();
        assert_eq!(session.judge(FIRST, start()), PresentedToken::Newest);
        session.replace_token(SECOND, start().plus_seconds(60));
        assert_eq!(
            session.judge(SECOND, start().plus_seconds(60)),
            PresentedToken::Newest
        );
        assert_eq!(
            session.judge(FIRST, start().plus_seconds(65)),
            PresentedToken::JustReplaced
        );
        assert_eq!(
            session.judge(FIRST, start().plus_seconds(71)),
            PresentedToken::UsedAgain
        );
    }

    #[test]
    fn a_token_whose_successor_was_used_is_reuse_within_the_grace_window_too() {
        let mut session = an_open_session();
        session.replace_token(SECOND, start());
        session.replace_token(THIRD, start());
        assert_eq!(session.judge(FIRST, start()), PresentedToken::UsedAgain);
    }

    #[test]
    fn tokens_of_an_ended_session_are_spent() {
        let mut session = an_open_session();
        session.end(start());
        session.end(start().plus_seconds(5));
        assert_eq!(session.as_stored().ended_at, Some(start()));
        assert_eq!(session.judge(FIRST, start()), PresentedToken::Spent);
    }

    #[test]
    fn refreshing_puts_off_the_expiry() {
        const DAY: i64 = 24 * 60 * 60;
        let mut session = an_open_session();
        let later = start().plus_seconds(20 * DAY);
        session.replace_token(SECOND, later);
        assert!(!session.is_over(start().plus_seconds(49 * DAY)));
        assert_eq!(
            session.judge(SECOND, start().plus_seconds(50 * DAY)),
            PresentedToken::Spent
        );
    }
}
