//! Devices that somebody has logged in from before, by a cookie.
//!
//! The cookie gives no access. It says that whoever has it knew the password of this account once, on this device; so
//! their attempts are counted apart from those of everybody else, and nobody's guesses keep them out. It names the account
//! only in its signature.

use accounts_app::DeviceId;
use actix_web::http::header::HeaderValue;
use shared_kernel::{EmailAddress, Timestamp};

use crate::{
    cookies, problem::Problem, request::Request, rules::devices_are_known_for_90_days, signatures::Signer,
};

const COOKIE: &str = "orderly_device";
const PURPOSE: &str = "device";

/// Signs the cookies of devices. Clones share the key.
#[derive(Clone)]
pub struct Devices(Signer);

impl Devices {
    /// Signed with `key`. It has to stay the same over restarts and instances, or devices are forgotten.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Signer::new(key))
    }

    fn value(&self, device: DeviceId, username: &str, now: Timestamp) -> String {
        let ends = devices_are_known_for_90_days::end(now);
        let named = format!("{:032x}.{ends}", device.number());
        let signature = self.0.signature(PURPOSE, &signed(&named, username));
        format!("{named}.{signature}")
    }

    fn device(&self, value: &str, username: &str, now: Timestamp) -> Option<DeviceId> {
        let (named, signature) = value.rsplit_once('.')?;
        if !self.0.is_signature(PURPOSE, &signed(named, username), signature) {
            return None;
        }
        let (device, ends) = named.split_once('.')?;
        if !devices_are_known_for_90_days::is_known(ends.parse().ok()?, now) {
            return None;
        }
        u128::from_str_radix(device, 16).ok().map(DeviceId::new)
    }
}

fn signed(named: &str, username: &str) -> String {
    let account = username.parse().map(|email: EmailAddress| email.folded());
    format!("{named} {}", account.unwrap_or_default())
}

/// The device that a request comes from, if somebody has logged in to the account of this address from it before.
pub(crate) fn known_device(request: &Request, username: &str) -> Option<DeviceId> {
    let state = request.state();
    let now = state.clock.now();
    cookies::values(request, COOKIE).find_map(|value| state.devices.device(value, username, now))
}

/// `Set-Cookie` for a device that somebody has just logged in from: the one that it was, or a new one.
pub(crate) fn cookie(
    request: &Request,
    known: Option<DeviceId>,
    username: &str,
) -> Result<HeaderValue, Problem> {
    let state = request.state();
    let device = known.unwrap_or_else(|| DeviceId::new(state.ids.next_id().as_u128()));
    let value = state.devices.value(device, username, state.clock.now());
    let seconds = devices_are_known_for_90_days::LIFETIME_SECONDS;
    cookies::set(request, COOKIE, &value, "/", Some(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "ada@example.com";

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_device_is_known_to_the_account_that_it_was_used_for_and_to_no_other() {
        let devices = Devices::new([1; 32]);
        let device = DeviceId::new(7);
        let value = devices.value(device, ADA, now());
        assert_eq!(devices.device(&value, "ADA@example.com", now()), Some(device));
        assert_eq!(devices.device(&value, "bob@example.com", now()), None);
        assert_eq!(Devices::new([2; 32]).device(&value, ADA, now()), None);
        let other = value.replacen('7', "8", 1);
        assert_eq!(devices.device(&other, ADA, now()), None);
        assert!(!value.contains("ada"));
    }

    #[test]
    fn a_device_that_is_not_used_is_forgotten() {
        let devices = Devices::new([1; 32]);
        let value = devices.value(DeviceId::new(7), ADA, now());
        let seconds = devices_are_known_for_90_days::LIFETIME_SECONDS;
        assert!(
            devices
                .device(&value, ADA, now().plus_seconds(seconds - 1))
                .is_some()
        );
        assert!(devices.device(&value, ADA, now().plus_seconds(seconds)).is_none());
    }
}
