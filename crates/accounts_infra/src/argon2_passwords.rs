//! Password hashes: Argon2id, at the parameters OWASP recommends, off the async threads.
//!
//! A hash costs 19 MiB and some 20 ms of a core. At most two are computed at once, so that a hundred log-ins do not
//! stop orders; a bounded number waits, and further ones are refused, to be retried later.

use std::sync::Arc;

use accounts_app::{PasswordHasher, Secret};
use accounts_domain::{NewPassword, PasswordHash, PasswordMatch};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier, Version,
    password_hash::{Error, phc::PasswordHash as PhcHash},
};
use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use message_bus::Unavailable;
use shared_kernel::IdGenerator;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// How many hashes are computed at once.
const AT_ONCE: usize = 2;
/// How many may wait for their turn: about a second's work.
const WAITING: usize = 64;
/// After how many seconds a caller should retry when too many wait.
const RETRY_AFTER_SECONDS: u32 = 1;
/// The bytes of a salt, of the random ones given.
const SALT_BYTES: usize = 16;

/// Hashes and compares passwords.
pub struct Argon2PasswordHasher {
    ids: Arc<dyn IdGenerator>,
    decoy: PasswordHash,
    /// Held while waiting and while hashing.
    places: Arc<Semaphore>,
    /// Held while hashing.
    turns: Arc<Semaphore>,
}

impl Argon2PasswordHasher {
    /// A hasher whose salts come from `ids`.
    pub fn new(ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            decoy: decoy(&ids.random_bytes(), &ids.random_bytes()),
            ids,
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Waits for a turn and does the work. Once begun it is finished, even if the caller has gone, and holds its place
    /// and turn until then.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Unavailable::Throttled {
                retry_after_seconds: RETRY_AFTER_SECONDS,
            })?;
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(Unavailable::defect)?;
        let worked = spawn_blocking(move || {
            let result = work(&argon2());
            drop((turn, place));
            result
        });
        worked
            .await
            .map_err(Unavailable::defect)?
            .map_err(Unavailable::defect)
    }
}

/// Memory 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// A valid hash that was made from no password.
fn decoy(salt: &[u8; 32], hash: &[u8; 32]) -> PasswordHash {
    let parameters = Params::DEFAULT;
    let salt: Vec<u8> = salt.iter().copied().take(SALT_BYTES).collect();
    PasswordHash::new(format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        parameters.m_cost(),
        parameters.t_cost(),
        parameters.p_cost(),
        BASE64_STANDARD_NO_PAD.encode(salt),
        BASE64_STANDARD_NO_PAD.encode(hash),
    ))
}

#[async_trait]
impl PasswordHasher for Argon2PasswordHasher {
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, Unavailable> {
        let password = password.clone();
        let salt: Vec<u8> = self.ids.random_bytes().into_iter().take(SALT_BYTES).collect();
        self.in_turn(move |argon2| {
            let hash: PhcHash = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt)?;
            Ok(PasswordHash::new(hash.to_string()))
        })
        .await
    }

    async fn verify(&self, password: &Secret, hash: &PasswordHash) -> Result<PasswordMatch, Unavailable> {
        let (password, hash) = (password.clone(), hash.clone());
        self.in_turn(move |argon2| {
            match argon2.verify_password(password.expose().as_bytes(), hash.expose()) {
                Ok(()) => Ok(PasswordMatch::Matches),
                Err(Error::PasswordInvalid) => Ok(PasswordMatch::Differs),
                Err(error) => Err(error),
            }
        })
        .await
    }

    fn decoy(&self) -> PasswordHash {
        self.decoy.clone()
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::in_memory::CountingIds;

    use super::*;

    fn hasher() -> Argon2PasswordHasher {
        Argon2PasswordHasher::new(Arc::new(CountingIds::default()))
    }

    fn password() -> NewPassword {
        NewPassword::choose("correct horse battery").unwrap()
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_password_itself_matches_its_hash() {
        let hasher = hasher();
        let hash = hasher.hash(&password()).await.unwrap();
        let right = hasher
            .verify(&secret("correct horse battery"), &hash)
            .await
            .unwrap();
        let wrong = hasher
            .verify(&secret("correct horse batterx"), &hash)
            .await
            .unwrap();
        assert_eq!((right, wrong), (PasswordMatch::Matches, PasswordMatch::Differs));
    }

    #[tokio::test]
    async fn a_hash_says_its_parameters_and_two_of_one_password_differ() {
        let hasher = hasher();
        let hash = hasher.hash(&password()).await.unwrap();
        assert!(
            hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.expose()
        );
        assert_ne!(hash, hasher.hash(&password()).await.unwrap());
    }

    #[tokio::test]
    async fn the_decoy_costs_what_a_hash_costs_and_matches_nothing() {
        let hasher = hasher();
        let shape = |hash: &PasswordHash| {
            let hash = PhcHash::new(hash.expose()).unwrap();
            let lengths = (hash.salt.unwrap().len(), hash.hash.unwrap().len());
            (hash.algorithm, hash.version, hash.params, lengths)
        };
        assert_eq!(
            shape(&hasher.decoy()),
            shape(&hasher.hash(&password()).await.unwrap())
        );
        let verdict = hasher
            .verify(&secret("correct horse battery"), &hasher.decoy())
            .await
            .unwrap();
        assert_eq!(verdict, PasswordMatch::Differs);
    }

    #[tokio::test]
    async fn what_is_no_hash_is_a_defect_and_not_a_wrong_password() {
        let hash = PasswordHash::new("rubbish".to_owned());
        let failed = hasher().verify(&secret("correct horse battery"), &hash).await;
        assert!(matches!(failed, Err(Unavailable::Defect(_))), "{failed:?}");
    }

    #[tokio::test]
    async fn two_at_once_and_a_bounded_queue_then_come_back_later() {
        let hasher = hasher();
        let hash = hasher.decoy();
        let all_turns = Arc::clone(&hasher.turns).acquire_many_owned(2).await.unwrap();
        assert_eq!(hasher.turns.available_permits(), 0, "a third could hash at once");
        let taken = Arc::clone(&hasher.places).acquire_many_owned(66).await.unwrap();
        assert_eq!(hasher.places.available_permits(), 0, "a 67th would have a place");
        let refused = hasher.verify(&secret("x"), &hash).await;
        assert!(
            matches!(
                refused,
                Err(Unavailable::Throttled {
                    retry_after_seconds: 1
                })
            ),
            "{refused:?}"
        );
        drop((all_turns, taken));
        assert_eq!(
            hasher.verify(&secret("x"), &hash).await.unwrap(),
            PasswordMatch::Differs
        );
        assert_eq!(
            (
                hasher.places.available_permits(),
                hasher.turns.available_permits()
            ),
            (66, 2)
        );
    }
}
