//! Passwords and tokens that tests can read. They cost nothing and protect nothing.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use accounts_domain::{NewPassword, PasswordHash, PasswordMatch, TokenHash};
use async_trait::async_trait;
use message_bus::Unavailable;
use shared_kernel::{IdGenerator, Timestamp};

use crate::{
    AccessClaims, AccessTokens, IssuedAccessToken, PasswordHasher, RefreshTokens, RejectedToken, Secret,
};

/// How long an access token serves, in seconds.
const ACCESS_LIFETIME_SECONDS: u32 = 900;

/// "Hashes" that are the password itself; counts how often one was compared.
#[derive(Default)]
pub struct TransparentPasswords {
    comparisons: AtomicU32,
}

impl TransparentPasswords {
    /// How many passwords were compared so far.
    pub fn comparisons(&self) -> u32 {
        self.comparisons.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl PasswordHasher for TransparentPasswords {
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, Unavailable> {
        Ok(PasswordHash::new(format!("plain:{}", password.expose())))
    }

    async fn verify(&self, password: &Secret, hash: &PasswordHash) -> Result<PasswordMatch, Unavailable> {
        self.comparisons.fetch_add(1, Ordering::SeqCst);
        Ok(if hash.expose() == format!("plain:{}", password.expose()) {
            PasswordMatch::Matches
        } else {
            PasswordMatch::Differs
        })
    }

    fn decoy(&self) -> PasswordHash {
        PasswordHash::new("decoy".to_owned())
    }
}

/// Access tokens that are their claims in plain text, unsigned.
pub struct TransparentAccessTokens;

impl AccessTokens for TransparentAccessTokens {
    fn issue(&self, claims: AccessClaims, now: Timestamp) -> Result<IssuedAccessToken, Unavailable> {
        let expiry = now.plus_seconds(i64::from(ACCESS_LIFETIME_SECONDS));
        let AccessClaims {
            user_id,
            role,
            session_id,
        } = claims;
        Ok(IssuedAccessToken {
            token: Secret::new(format!("{user_id} {role} {session_id} {expiry}")),
            expires_in_seconds: ACCESS_LIFETIME_SECONDS,
        })
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, RejectedToken> {
        let mut words = token.split(' ');
        let mut word = || words.next().ok_or(RejectedToken::Malformed);
        let claims = AccessClaims {
            user_id: word()?.parse().map_err(|_| RejectedToken::Malformed)?,
            role: word()?.parse().map_err(|_| RejectedToken::Malformed)?,
            session_id: word()?.parse().map_err(|_| RejectedToken::Malformed)?,
        };
        let expiry: Timestamp = word()?.parse().map_err(|_| RejectedToken::Malformed)?;
        if now >= expiry {
            Err(RejectedToken::Expired)
        } else {
            Ok(claims)
        }
    }
}

/// Refresh tokens that grow by one letter each time they are replaced.
pub struct TransparentRefreshTokens {
    ids: Arc<dyn IdGenerator>,
}

impl TransparentRefreshTokens {
    /// Tokens that begin with an id.
    pub fn new(ids: Arc<dyn IdGenerator>) -> Self {
        Self { ids }
    }
}

impl RefreshTokens for TransparentRefreshTokens {
    fn first(&self) -> Secret {
        Secret::new(format!("refresh-{}", self.ids.next_id()))
    }

    fn successor(&self, token: &Secret) -> Secret {
        Secret::new(format!("{}+", token.expose()))
    }

    fn hash(&self, token: &Secret) -> TokenHash {
        let mut hasher = DefaultHasher::new();
        token.expose().hash(&mut hasher);
        let word = hasher.finish().to_le_bytes();
        TokenHash::new(std::array::from_fn(|place| {
            word.get(place % 8).copied().unwrap_or_default()
        }))
    }
}
