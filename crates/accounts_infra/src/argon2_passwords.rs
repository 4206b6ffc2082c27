//! Password hashes: Argon2id, at the parameters OWASP recommends, off the async threads.
//!
//! A hash costs 19 MiB and some 20 ms of a core, so callers queue for it (`hashing_queue`).

use std::sync::Arc;

use accounts_app::{PasswordHasher, Secret, Whose};
use accounts_domain::{NewPassword, PasswordHash, PasswordMatch};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier, Version,
    password_hash::{Error, phc::PasswordHash as PhcHash},
};
use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use message_bus::Unavailable;
use shared_kernel::IdGenerator;
use tokio::task::spawn_blocking;

use crate::hashing_queue::HashingQueue;

/// The bytes of a salt, of the random ones given.
const SALT_BYTES: usize = 16;

/// Hashes and compares passwords.
pub struct Argon2PasswordHasher {
    ids: Arc<dyn IdGenerator>,
    decoy: PasswordHash,
    queue: HashingQueue,
}

impl Argon2PasswordHasher {
    /// A hasher whose salts come from `ids`.
    pub fn new(ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            decoy: decoy(&ids.random_bytes(), &ids.random_bytes()),
            ids,
            queue: HashingQueue::default(),
        }
    }

    /// Waits for a turn and does the work. Once begun it is finished, even if the caller has gone, and keeps its turn
    /// until then.
    async fn in_turn<T: Send + 'static>(
        &self,
        whose: &Whose,
        work: impl FnOnce(&Argon2<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let turn = self.queue.wait(whose).await?;
        let worked = spawn_blocking(move || {
            let result = work(&argon2());
            drop(turn);
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
    async fn hash(&self, whose: &Whose, password: &NewPassword) -> Result<PasswordHash, Unavailable> {
        let password = password.clone();
        let salt: Vec<u8> = self.ids.random_bytes().into_iter().take(SALT_BYTES).collect();
        self.in_turn(whose, move |argon2| {
            let hash: PhcHash = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt)?;
            Ok(PasswordHash::new(hash.to_string()))
        })
        .await
    }

    async fn verify(
        &self,
        whose: &Whose,
        password: &Secret,
        hash: &PasswordHash,
    ) -> Result<PasswordMatch, Unavailable> {
        let (password, hash) = (password.clone(), hash.clone());
        self.in_turn(whose, move |argon2| {
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
        NewPassword::choose(
            "correct horse battery",
            &"ada@example.com".parse().unwrap(),
            "Orderly",
        )
        .unwrap()
    }

    fn ada() -> Whose {
        Whose::of(&"ada@example.com".parse().unwrap())
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_password_itself_matches_its_hash() {
        let hasher = hasher();
        let hash = hasher.hash(&ada(), &password()).await.unwrap();
        let right = hasher
            .verify(&ada(), &secret("correct horse battery"), &hash)
            .await
            .unwrap();
        let wrong = hasher
            .verify(&ada(), &secret("correct horse batterx"), &hash)
            .await
            .unwrap();
        assert_eq!((right, wrong), (PasswordMatch::Matches, PasswordMatch::Differs));
    }

    #[tokio::test]
    async fn a_hash_says_its_parameters_and_two_of_one_password_differ() {
        let hasher = hasher();
        let hash = hasher.hash(&ada(), &password()).await.unwrap();
        assert!(
            hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.expose()
        );
        assert_ne!(hash, hasher.hash(&ada(), &password()).await.unwrap());
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
            shape(&hasher.hash(&ada(), &password()).await.unwrap())
        );
        let verdict = hasher
            .verify(&ada(), &secret("correct horse battery"), &hasher.decoy())
            .await
            .unwrap();
        assert_eq!(verdict, PasswordMatch::Differs);
    }

    #[tokio::test]
    async fn what_is_no_hash_is_a_defect_and_not_a_wrong_password() {
        let hash = PasswordHash::new("rubbish".to_owned());
        let failed = hasher()
            .verify(&ada(), &secret("correct horse battery"), &hash)
            .await;
        assert!(matches!(failed, Err(Unavailable::Defect(_))), "{failed:?}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn eighty_callers_of_one_account_keep_none_of_57_others_from_logging_in() {
        let hasher = Arc::new(hasher());
        let verify = |whose: Whose| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.verify(&whose, &secret("x"), &hasher.decoy()).await })
        };
        let guesses: Vec<_> = (0..80).map(|_| verify(ada())).collect();
        let others: Vec<_> = (0..57)
            .map(|number| Whose::of(&format!("user{number}@example.com").parse().unwrap()))
            .map(verify)
            .collect();
        for other in others {
            assert_eq!(other.await.unwrap().unwrap(), PasswordMatch::Differs);
        }
        for guess in guesses {
            guess.abort();
        }
    }
}
