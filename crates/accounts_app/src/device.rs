//! A device that somebody has logged in from before.

/// A device, as a cookie names it. Web gives a cookie to whoever proves a password, and makes sure that it is shown for
/// the same account again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceId(u128);

impl DeviceId {
    /// The device with this number.
    pub const fn new(number: u128) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u128 {
        self.0
    }
}
