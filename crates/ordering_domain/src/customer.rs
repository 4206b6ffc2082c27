//! The customer: who orders, at which tier, and whether they may.
//!
//! A customer is the ordering side of a user account and carries the user's id. Each change of the account is
//! repeated here; applying it twice changes nothing.

use std::{fmt, str::FromStr};

use shared_kernel::{AggregateRoot, Changes, CustomerId, EmailAddress, Version};

use crate::UnknownName;

/// A customer, an aggregate root. Two are the same one when their ids are.
#[derive(Clone, Debug)]
pub struct Customer {
    record: CustomerRecord,
    changes: Changes<CustomerEvent>,
}

/// A customer's data: what is stored, loaded and shown.
#[derive(Clone, Debug)]
pub struct CustomerRecord {
    /// The customer; the user's id.
    pub id: CustomerId,
    /// Where to write to them.
    pub email: EmailAddress,
    /// Their tier.
    pub tier: CustomerTier,
    /// Whether they may place orders.
    pub status: CustomerStatus,
}

/// A customer's tier; decides their discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomerTier {
    /// Every customer's first tier.
    Standard,
    /// The middle tier.
    Silver,
    /// The highest tier.
    Gold,
}

/// Whether a customer may place orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomerStatus {
    /// They may.
    Open,
    /// They may not; their account was deactivated.
    Closed,
}

/// What can have happened to a customer.
#[derive(Clone, Debug)]
pub enum CustomerEvent {
    /// Their account came into being.
    Registered {
        /// Their address.
        email: EmailAddress,
    },
    /// Their address changed.
    EmailChanged {
        /// The new address.
        email: EmailAddress,
    },
    /// Their tier changed.
    TierChanged {
        /// The new tier.
        tier: CustomerTier,
    },
    /// They may no longer place orders.
    Closed,
    /// They may place orders again.
    Opened,
}

impl Customer {
    /// Registers a customer: open, at the standard tier.
    pub fn register(id: CustomerId, email: EmailAddress) -> Self {
        let mut changes = Changes::of_a_new_aggregate();
        changes.raise(CustomerEvent::Registered { email: email.clone() });
        let record = CustomerRecord {
            id,
            email,
            tier: CustomerTier::Standard,
            status: CustomerStatus::Open,
        };
        Self { record, changes }
    }

    /// A customer as stored.
    pub const fn rehydrate(record: CustomerRecord, version: Version) -> Self {
        Self {
            record,
            changes: Changes::since(version),
        }
    }

    /// Their data.
    pub const fn record(&self) -> &CustomerRecord {
        &self.record
    }

    /// Their address is `email` from now on.
    pub fn change_email(&mut self, email: EmailAddress) {
        // Spelling counts here: an address is shown as its owner wrote it.
        if self.record.email.as_str() != email.as_str() {
            self.record.email = email.clone();
            self.changes.raise(CustomerEvent::EmailChanged { email });
        }
    }

    /// They are at `tier` from now on. Orders that they have confirmed keep their prices.
    pub fn set_tier(&mut self, tier: CustomerTier) {
        if self.record.tier != tier {
            self.record.tier = tier;
            self.changes.raise(CustomerEvent::TierChanged { tier });
        }
    }

    /// They may no longer place orders.
    pub fn close(&mut self) {
        if self.record.status == CustomerStatus::Open {
            self.record.status = CustomerStatus::Closed;
            self.changes.raise(CustomerEvent::Closed);
        }
    }

    /// They may place orders again.
    pub fn open(&mut self) {
        if self.record.status == CustomerStatus::Closed {
            self.record.status = CustomerStatus::Open;
            self.changes.raise(CustomerEvent::Opened);
        }
    }
}

impl AggregateRoot for Customer {
    type Id = CustomerId;
    type Event = CustomerEvent;

    fn id(&self) -> CustomerId {
        self.record.id
    }

    fn changes(&self) -> &Changes<CustomerEvent> {
        &self.changes
    }
}

impl PartialEq for Customer {
    fn eq(&self, other: &Self) -> bool {
        self.record.id == other.record.id
    }
}

impl Eq for Customer {}

impl CustomerTier {
    /// All of them, from the least.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Silver, Self::Gold];

    /// The name used in rows and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Silver => "silver",
            Self::Gold => "gold",
        }
    }
}

impl CustomerStatus {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// The name used in rows and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for CustomerTier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for CustomerTier {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "tier",
                expected: "standard, silver or gold",
            })
    }
}

impl FromStr for CustomerStatus {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "customer status",
                expected: "open or closed",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Customer {
        let id = "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap();
        Customer::register(id, "ada@example.com".parse().unwrap())
    }

    #[test]
    fn a_new_customer_is_open_and_at_the_standard_tier() {
        let ada = ada();
        assert_eq!(ada.record().status, CustomerStatus::Open);
        assert_eq!(ada.record().tier, CustomerTier::Standard);
        assert_eq!(ada.version(), Version::FIRST);
    }

    #[test]
    fn what_is_true_already_changes_nothing() {
        let mut ada = ada();
        ada.open();
        ada.change_email("ada@example.com".parse().unwrap());
        ada.set_tier(CustomerTier::Standard);
        assert_eq!(ada.version(), Version::FIRST);
        ada.close();
        ada.close();
        assert_eq!(ada.version(), Version::new(2));
    }

    #[test]
    fn another_spelling_of_the_address_is_kept() {
        let mut ada = ada();
        ada.change_email("Ada@example.com".parse().unwrap());
        assert_eq!(ada.record().email.as_str(), "Ada@example.com");
        assert_eq!(ada.version(), Version::new(2));
    }

    #[test]
    fn a_closed_customer_can_be_opened_again() {
        let mut ada = ada();
        ada.close();
        assert_eq!(ada.record().status, CustomerStatus::Closed);
        ada.open();
        assert_eq!(ada.record().status, CustomerStatus::Open);
        assert_eq!(ada.version(), Version::new(3));
    }

    #[test]
    fn a_customer_can_be_at_any_tier() {
        let mut ada = ada();
        for tier in [CustomerTier::Gold, CustomerTier::Silver, CustomerTier::Standard] {
            ada.set_tier(tier);
            assert_eq!(ada.record().tier, tier);
        }
        assert_eq!(ada.version(), Version::new(4));
    }

    #[test]
    fn names_are_read_back() {
        for tier in CustomerTier::ALL {
            assert_eq!(tier.name().parse(), Ok(tier));
        }
        for status in CustomerStatus::ALL {
            assert_eq!(status.name().parse(), Ok(status));
        }
        assert!("platinum".parse::<CustomerTier>().is_err());
    }
}
