//! Integration events: what one context publishes for the others.
//!
//! Past tense, kernel values only, versioned. Their JSON is a public contract with a committed
//! sample for each (`samples/`); a change that an older reader could not read needs a new
//! [`IntegrationEvent::SCHEMA_VERSION`].

mod accounts;
mod catalog;
mod inventory;
mod ordering;
mod shortage;

pub use self::catalog::{CATALOG_EVENTS, ProductDelisted, ProductListed, ProductRepriced};
pub use accounts::{ACCOUNTS_EVENTS, UserAccountCreated, UserDeactivated, UserEmailChanged, UserReactivated};
pub use inventory::{INVENTORY_EVENTS, ReservedLine, StockReleased, StockReservationRejected, StockReserved};
pub use ordering::{
    ORDERING_EVENTS, OrderCancelled, OrderConfirmed, OrderDelivered, OrderPlaced, OrderShipped, OrderedLine,
    PostalAddress,
};
pub use shortage::Shortage;

use serde::{Serialize, de::DeserializeOwned};

/// A fact that one context publishes for the others.
pub trait IntegrationEvent: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The event's name, in the past tense.
    const TYPE: &'static str;
    /// The version of its JSON, starting at 1.
    const SCHEMA_VERSION: u16;
    /// The aggregate it is about, in snake case.
    const AGGREGATE_TYPE: &'static str;
}

/// What can be said of an event without having one.
#[derive(Clone, Copy, Debug)]
pub struct EventDescription {
    /// Its type.
    pub name: &'static str,
    /// The version of its JSON.
    pub schema_version: u16,
    /// The aggregate it is about.
    pub aggregate_type: &'static str,
}

macro_rules! integration_events {
    ($all:ident, $aggregate:literal: $($event:ident v $version:literal),* $(,)?) => {
        $(
            impl $crate::events::IntegrationEvent for $event {
                const TYPE: &'static str = stringify!($event);
                const SCHEMA_VERSION: u16 = $version;
                const AGGREGATE_TYPE: &'static str = $aggregate;
            }
        )*

        /// Each event of this context.
        pub const $all: &[$crate::events::EventDescription] = &[$($crate::events::EventDescription {
            name: stringify!($event),
            schema_version: $version,
            aggregate_type: $aggregate,
        }),*];
    };
}
use integration_events;

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use serde_json::Value;

    use super::*;

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
    }

    fn sample_is_the_contract<E: IntegrationEvent>() -> String {
        let file = format!("{}.v{}.json", E::TYPE, E::SCHEMA_VERSION);
        let text = fs::read_to_string(folder().join(&file)).expect("each event has a committed sample");
        let sample: Value = serde_json::from_str(&text).unwrap();
        let event: E = serde_json::from_value(sample.clone()).unwrap();
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            sample,
            "{file} and the code differ"
        );
        // A newer writer may add a field; an older reader must ignore it.
        let mut newer = sample;
        newer["added_later"] = Value::from(1);
        assert!(
            serde_json::from_value::<E>(newer).is_ok(),
            "{file}: an added field is not read over"
        );
        file
    }

    #[test]
    fn a_line_from_before_there_was_a_choice_asks_for_stock() {
        let text = fs::read_to_string(folder().join("OrderConfirmed.v1.json")).unwrap();
        let before: OrderConfirmed = serde_json::from_str(&text).unwrap();
        assert!(before.lines[0].stock.is_asked());
        let text = fs::read_to_string(folder().join("OrderPlaced.v1.json")).unwrap();
        let today: OrderPlaced = serde_json::from_str(&text).unwrap();
        let asked: Vec<bool> = today.lines.iter().map(|line| line.stock.is_asked()).collect();
        assert_eq!(asked, [true, false]);
    }

    #[test]
    fn each_event_reads_and_writes_its_committed_sample() {
        let seen: BTreeSet<String> = [
            sample_is_the_contract::<UserAccountCreated>(),
            sample_is_the_contract::<UserEmailChanged>(),
            sample_is_the_contract::<UserDeactivated>(),
            sample_is_the_contract::<UserReactivated>(),
            sample_is_the_contract::<ProductListed>(),
            sample_is_the_contract::<ProductRepriced>(),
            sample_is_the_contract::<ProductDelisted>(),
            sample_is_the_contract::<OrderPlaced>(),
            sample_is_the_contract::<OrderConfirmed>(),
            sample_is_the_contract::<OrderShipped>(),
            sample_is_the_contract::<OrderDelivered>(),
            sample_is_the_contract::<OrderCancelled>(),
            sample_is_the_contract::<StockReserved>(),
            sample_is_the_contract::<StockReleased>(),
            sample_is_the_contract::<StockReservationRejected>(),
        ]
        .into();
        let committed: BTreeSet<String> = fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(
            seen, committed,
            "a sample without an event, or an event without a test"
        );
    }
}
