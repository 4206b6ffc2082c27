//! A stock item's changes, one by one.

use shared_kernel::{AggregateRoot, ProductId, Timestamp, Version};

use super::*;
use crate::rules::counts_compare_first::StockChangedMeanwhile;

fn product() -> ProductId {
    "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap()
}

fn ada() -> ChangedBy {
    ChangedBy::Actor("user:ada".to_owned())
}

fn now() -> Timestamp {
    Timestamp::from_microseconds(1_767_225_600_000_000).unwrap()
}

fn stock(on_hand: u32, reserved: u32) -> StockItem {
    let product_id = product();
    let record = StockRecord {
        product_id,
        on_hand,
        reserved,
    };
    StockItem::rehydrate(record, Version::new(4))
}

fn adjusted(item: &mut StockItem, delta: i64, expected: Option<u32>) -> Result<(), StockError> {
    item.adjust(delta, "found behind a shelf".to_owned(), expected, ada(), now())
}

fn deltas(item: &StockItem) -> Vec<(u32, i64)> {
    item.ledger_entries()
        .map(|(version, entry)| (version.number(), entry.delta))
        .collect()
}

#[test]
fn a_new_item_has_nothing_on_hand_and_nothing_on_its_ledger() {
    let item = StockItem::open(product());
    assert_eq!((item.record().on_hand, item.record().reserved), (0, 0));
    assert_eq!(item.version(), Version::FIRST);
    assert_eq!(deltas(&item), []);
}

#[test]
fn each_adjustment_is_an_entry_named_by_the_version_it_led_to() {
    let mut item = stock(5, 2);
    adjusted(&mut item, 7, None).unwrap();
    adjusted(&mut item, -10, Some(12)).unwrap();
    assert_eq!(item.record().on_hand, 2);
    assert_eq!(item.version(), Version::new(6));
    assert_eq!(deltas(&item), [(5, 7), (6, -10)]);
    let (_, entry) = item.ledger_entries().next().unwrap();
    assert_eq!((&*entry.reason, &entry.by), ("found behind a shelf", &ada()));
}

#[test]
fn a_refused_adjustment_leaves_no_trace() {
    let mut item = stock(5, 2);
    let insufficient = InsufficientStock {
        product_id: product(),
        requested: 4,
        available: 3,
    };
    assert_eq!(adjusted(&mut item, -4, None), Err(insufficient.into()));
    let changed = StockChangedMeanwhile {
        expected_on_hand: 6,
        on_hand: 5,
    };
    assert_eq!(adjusted(&mut item, 1, Some(6)), Err(changed.into()));
    assert!(adjusted(&mut item, 0, None).is_err());
    assert!(adjusted(&mut item, 1_000_000_000, None).is_err());
    assert!(item.adjust(1, " ".to_owned(), None, ada(), now()).is_err());
    assert_eq!(*item.record(), *stock(5, 2).record());
    assert!(item.changes().is_empty());
}

#[test]
fn a_count_compares_first_and_writes_the_difference() {
    let mut item = stock(5, 2);
    let changed = StockChangedMeanwhile {
        expected_on_hand: 4,
        on_hand: 5,
    };
    assert_eq!(item.count(9, 4, ada(), now()), Err(changed.into()));
    item.count(3, 5, ada(), now()).unwrap();
    assert_eq!(item.record().on_hand, 3);
    assert_eq!(deltas(&item), [(5, -2)]);
}

#[test]
fn a_count_that_finds_what_was_expected_changes_nothing() {
    let mut item = stock(5, 2);
    item.count(5, 5, ada(), now()).unwrap();
    assert!(item.changes().is_empty());
}

#[test]
fn what_is_promised_cannot_be_counted_away() {
    let mut item = stock(5, 2);
    assert_eq!(item.count(2, 5, ada(), now()), Ok(()));
    let mut item = stock(5, 2);
    assert!(item.count(1, 5, ada(), now()).is_err());
}

#[test]
fn a_correction_tells_the_ledger_what_it_missed_and_leaves_what_is_on_hand() {
    let mut item = stock(5, 2);
    let correction = |ledger_delta, reserved_to| StockCorrection {
        product_id: product(),
        version: Version::new(4),
        ledger_delta,
        reserved_from: 2,
        reserved_to,
    };
    item.correct(&correction(-3, 4), ada(), now());
    item.correct(&correction(0, 1), ada(), now());
    assert_eq!((item.record().on_hand, item.record().reserved), (5, 1));
    assert_eq!(deltas(&item), [(5, -3)]);
    assert_eq!(item.version(), Version::new(6));
}

#[test]
fn a_count_that_would_leave_its_range_is_refused_and_changes_nothing() {
    let product_id = product();
    let mut item = stock(5, 2);
    for (quantity, requested) in [(4, 4), (u32::MAX, u64::from(u32::MAX))] {
        let insufficient = InsufficientStock {
            product_id,
            requested,
            available: 3,
        };
        assert_eq!(item.hold(quantity), Err(insufficient));
    }
    let out_of_step = StockOutOfStep {
        product_id,
        held: 3,
        reserved: 2,
    };
    assert_eq!(item.free(3), Err(out_of_step));
    let order_id = "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap();
    assert_eq!(item.take(3, order_id, now()), Err(out_of_step.into()));
    assert_eq!(*item.record(), *stock(5, 2).record());
    assert!(item.changes().is_empty());

    let mut drifted = stock(1, 2);
    assert_eq!(drifted.record().available(), 0);
    let insufficient = InsufficientStock {
        product_id,
        requested: 2,
        available: 1,
    };
    assert_eq!(drifted.take(2, order_id, now()), Err(insufficient.into()));
    assert_eq!(*drifted.record(), *stock(1, 2).record());
}
