//! Where an order stands, and where its stock stands.

use std::{fmt, str::FromStr};

/// Where an order stands in its life.
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

/// Where the stock of a confirmed order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allocation {
    /// Nothing was ever held: the order is not confirmed, or none of its lines asks for stock, or it was confirmed before there was an
    /// inventory to ask, or it was cancelled before inventory had answered, which then had not enough.
    None,
    /// Stock was asked for, and the answer is on its way.
    Requested,
    /// Stock is held for the order.
    Reserved,
    /// There was not enough.
    Rejected,
    /// Stock was held for the order until it was cancelled, and is free again.
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

/// The text names nothing of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no {kind}; expected {expected}")]
pub struct UnknownName {
    /// What was given.
    pub found: String,
    /// What it was to be the name of.
    pub kind: &'static str,
    /// The names there are.
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
