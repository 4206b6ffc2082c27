//! Refresh tokens: 256 bits in base64url. The first of a family is random, each other follows from the one before.
//!
//! A successor can be computed again, so only hashes have to be stored to give the same one twice.

use std::sync::Arc;

use accounts_app::{RefreshTokens, Secret};
use accounts_domain::TokenHash;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use shared_kernel::IdGenerator;

use crate::{SigningSecret, signing_secret::Key};

/// What the successors' key is for. It never changes: tokens in use depend on it.
const PURPOSE: &str = "refresh-successor";

/// Makes refresh tokens.
pub struct HmacRefreshTokens {
    key: Key,
    ids: Arc<dyn IdGenerator>,
}

impl HmacRefreshTokens {
    /// Tokens whose successors depend on `secret`.
    pub fn new(secret: &SigningSecret, ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            key: secret.key_for(PURPOSE),
            ids,
        }
    }
}

impl RefreshTokens for HmacRefreshTokens {
    fn first(&self) -> Secret {
        Secret::new(BASE64_URL_SAFE_NO_PAD.encode(self.ids.random_bytes()))
    }

    fn successor(&self, token: &Secret) -> Secret {
        Secret::new(BASE64_URL_SAFE_NO_PAD.encode(self.key.mac(&[token.expose().as_bytes()])))
    }

    /// One round of SHA-256 is enough: 256 random bits cannot be guessed, however fast each guess is.
    fn hash(&self, token: &Secret) -> TokenHash {
        TokenHash::new(Sha256::digest(token.expose().as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::in_memory::CountingIds;

    use super::*;

    fn tokens(secret: u8) -> HmacRefreshTokens {
        let secret = SigningSecret::new(&[secret; 32]).unwrap();
        HmacRefreshTokens::new(&secret, Arc::new(CountingIds::default()))
    }

    #[test]
    fn a_token_is_256_bits_in_base64url() {
        let tokens = tokens(1);
        for token in [tokens.first(), tokens.successor(&tokens.first())] {
            assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(token.expose()).unwrap().len(), 32);
        }
    }

    #[test]
    fn the_successor_is_always_the_same_and_depends_on_the_token_and_the_secret() {
        let first = tokens(1).first();
        let successor = tokens(1).successor(&first);
        assert_eq!(tokens(1).successor(&first), successor);
        assert_ne!(tokens(2).successor(&first), successor);
        assert_ne!(tokens(1).successor(&successor), successor);
    }

    #[test]
    fn different_tokens_have_different_hashes() {
        let tokens = tokens(1);
        let (first, second) = (tokens.first(), tokens.first());
        assert_ne!(first, second);
        assert_ne!(tokens.hash(&first), tokens.hash(&second));
        assert_eq!(tokens.hash(&first), tokens.hash(&first.clone()));
    }
}
