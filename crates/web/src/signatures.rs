//! Signs what callers keep for us and hand back.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs with a key. Clones share it.
#[derive(Clone)]
pub(crate) struct Signer(Arc<[u8; 32]>);

impl Signer {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(Arc::new(key))
    }

    /// The signature of a text, for a purpose.
    pub(crate) fn signature(&self, purpose: &str, text: &str) -> String {
        let mac = self.mac(purpose, text).map(|mac| mac.finalize().into_bytes());
        let bytes = mac.unwrap_or_default();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Compares MACs of the signatures, so that the time it takes reveals nothing about them.
    pub(crate) fn is_signature(&self, purpose: &str, text: &str, found: &str) -> bool {
        let expected = self.signature(purpose, text);
        let found = self.mac("comparison", found).map(Mac::finalize);
        found.is_some() && found == self.mac("comparison", &expected).map(Mac::finalize)
    }

    fn mac(&self, purpose: &str, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(b":");
        mac.update(text.as_bytes());
        Some(mac)
    }
}
