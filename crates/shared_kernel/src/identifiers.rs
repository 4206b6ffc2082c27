//! Typed ids, so that an order's id is never taken for a product's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! identifier {
    ($(#[doc = $doc:literal] $name:ident;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

identifier! {
    /// A user account.
    UserId;
    /// A log-in session of a user.
    SessionId;
    /// A customer: the same UUID as the user's who orders.
    CustomerId;
    /// A product of the catalogue.
    ProductId;
    /// An order.
    OrderId;
    /// A line of an order.
    OrderLineId;
    /// Stock held for an order.
    ReservationId;
    /// One command, however often it is retried.
    CommandId;
    /// One event.
    EventId;
    /// All that one request set in motion.
    CorrelationId;
}

impl From<UserId> for CustomerId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}
