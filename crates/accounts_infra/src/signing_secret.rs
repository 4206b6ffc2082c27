//! The secret behind every token, and the keys that are derived from it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The secret that tokens are signed with. The binary passes it in, and it is never printed.
#[derive(Clone)]
pub struct SigningSecret(Key);

/// The secret is too short to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "found a token secret of {found} bytes, expected at least {}",
    SigningSecret::MINIMUM_BYTES
)]
pub struct SigningSecretTooShort {
    /// How many bytes were given.
    pub found: usize,
}

impl SigningSecret {
    /// The fewest bytes of a secret.
    pub const MINIMUM_BYTES: usize = 32;

    /// A secret of these bytes, which should be random.
    ///
    /// # Errors
    /// [`SigningSecretTooShort`] below 32 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, SigningSecretTooShort> {
        if bytes.len() < Self::MINIMUM_BYTES {
            return Err(SigningSecretTooShort { found: bytes.len() });
        }
        Ok(Self(Key(Sha256::digest(bytes).into())))
    }

    /// A key for a purpose of the binary's own, different from every other key.
    pub fn derived_key(&self, purpose: &str) -> [u8; 32] {
        *self.key_for(purpose).bytes()
    }

    /// A key for one purpose only, so that a signature for one purpose is not valid for another.
    pub(crate) fn key_for(&self, purpose: &str) -> Key {
        Key(self.0.mac(&[purpose.as_bytes()]))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningSecret(…)")
    }
}

/// A key of 256 bits.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA256 over the parts, one after another.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a key with zeros to its block of 64 bytes; padded here, it always has the right length.
        let mut block = [0; 64];
        block
            .iter_mut()
            .zip(self.0)
            .for_each(|(place, byte)| *place = byte);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_at_least_32_bytes() {
        assert!(SigningSecret::new(&[7; 32]).is_ok());
        let refused = SigningSecret::new(&[7; 31]).map(|_| ());
        assert_eq!(refused, Err(SigningSecretTooShort { found: 31 }));
    }

    #[test]
    fn each_purpose_and_each_secret_has_its_own_key() {
        let secret = SigningSecret::new(&[7; 32]).unwrap();
        let other = SigningSecret::new(&[8; 32]).unwrap();
        let longer = SigningSecret::new(&[7; 33]).unwrap();
        let key = *secret.key_for("a").bytes();
        assert_eq!(key, *secret.key_for("a").bytes());
        assert_ne!(key, *secret.key_for("b").bytes());
        assert_ne!(key, *other.key_for("a").bytes());
        assert_ne!(key, *longer.key_for("a").bytes());
    }

    #[test]
    fn the_mac_is_hmac_sha256_as_rfc_4231_has_it() {
        // Test case 2's key, "Jefe", is padded with zeros just as a whole key is.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let mac = Key(key).mac(&[b"what do ya want ", b"for nothing?"]);
        let text: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            text,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn debugging_output_shows_nothing_of_the_secret() {
        assert_eq!(
            format!(
                "{:?}",
                SigningSecret::new(b"0123456789abcdef0123456789abcdef").unwrap()
            ),
            "SigningSecret(…)"
        );
    }
}
