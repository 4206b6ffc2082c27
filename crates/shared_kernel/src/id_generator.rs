//! Where ids and randomness come from.

use uuid::Uuid;

/// The only source of new ids and random bits. The binary supplies the real one, tests a counting one.
pub trait IdGenerator: Send + Sync {
    /// A new UUIDv7: ids made later sort later, which keeps indexes compact.
    fn next_id(&self) -> Uuid;

    /// Random bytes from a cryptographic source, for secrets.
    ///
    /// Infallible by design: an implementation whose source fails must stop the process rather than hand out guessable bytes.
    fn random_bytes(&self) -> [u8; 32];
}
