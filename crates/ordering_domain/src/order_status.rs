//! An order's status, and the state of its stock.

use std::{fmt, str::FromStr};

/// An order's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Placed; its lines may still change.
    Pending,
    /// Its lines and its address are settled.
    Confirmed,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Will not be fulfilled.
    Cancelled,
}

impl OrderStatus {
    /// All of them, in the order of an order's life.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Confirmed,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
    ];

    /// The name used in rows and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The state of a confirmed order's stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allocation {
    /// Nothing was ever reserved: the order is not confirmed; or none of its lines asks for stock; or it was confirmed before there
    /// was an inventory context; or it was cancelled before inventory answered that there was not enough.
    None,
    /// Stock was asked for, and the answer is on its way.
    Requested,
    /// Stock is reserved for the order.
    Reserved,
    /// There was not enough.
    Rejected,
    /// Stock was reserved for the order until it was cancelled, and is free again.
    Released,
}

impl Allocation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Requested,
        Self::Reserved,
        Self::Rejected,
        Self::Released,
    ];

    /// The name used in rows and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::Reserved => "reserved",
            Self::Rejected => "rejected",
            Self::Released => "released",
        }
    }
}

/// The text is none of the names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no {kind}; expected {expected}")]
pub struct UnknownName {
    /// What was given.
    pub found: String,
    /// The kind of name.
    pub kind: &'static str,
    /// The names that exist.
    pub expected: &'static str,
}

impl FromStr for OrderStatus {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "order status",
                expected: "pending, confirmed, shipped, delivered or cancelled",
            })
    }
}

impl FromStr for Allocation {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|allocation| allocation.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "allocation",
                expected: "none, requested, reserved, rejected or released",
            })
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for Allocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for status in OrderStatus::ALL {
            assert_eq!(status.name().parse(), Ok(status));
        }
        for allocation in Allocation::ALL {
            assert_eq!(allocation.name().parse(), Ok(allocation));
        }
        assert!("Pending".parse::<OrderStatus>().is_err());
        assert!("".parse::<Allocation>().is_err());
    }
}
