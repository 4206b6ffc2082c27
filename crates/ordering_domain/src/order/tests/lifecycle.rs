//! Random sequences of operations on an order, compared with a model of nothing but the table of `product.md`.

use proptest::prelude::*;
use shared_kernel::{AggregateRoot, Quantity};

use super::builders::{LONDON, NOTHING_LISTED, a_line, an_order, at};
use crate::{Allocation, Order, OrderAction, OrderStatus, Shipment};

/// An operation that is tried.
#[derive(Clone, Debug)]
enum Try {
    AddLine { cents: i64, quantity: i64 },
    RemoveLine { place: usize },
    ChangeQuantity { place: usize, quantity: i64 },
    Confirm,
    Cancel,
    Ship,
    Deliver,
    StockReserved,
    StockRejected,
    StockReleased,
}

/// The model's state of an order: plain numbers and words.
struct Model {
    status: &'static str,
    allocation: &'static str,
    /// Unit price in cents, and quantity.
    lines: Vec<(i64, i64)>,
    changes: u32,
}

impl Model {
    fn total(lines: &[(i64, i64)]) -> i64 {
        lines.iter().map(|(cents, quantity)| cents * quantity).sum()
    }

    /// Tries the same, and returns whether it worked and so made a new version.
    fn tries(&mut self, attempt: &Try) -> bool {
        let mut lines = self.lines.clone();
        let (mut status, mut allocation) = (self.status, self.allocation);
        let pending = status == "pending";
        let allowed = match *attempt {
            Try::AddLine { cents, quantity } => {
                lines.push((cents, quantity));
                pending && lines.len() <= 50 && Self::total(&lines) <= 1_000_000
            }
            Try::RemoveLine { place } => {
                let there = place < lines.len();
                if there {
                    lines.remove(place);
                }
                pending && there
            }
            Try::ChangeQuantity { place, quantity } => {
                let line = lines.get_mut(place).map(|line| line.1 = quantity);
                pending && line.is_some() && Self::total(&lines) <= 1_000_000
            }
            Try::Confirm => {
                (status, allocation) = ("confirmed", "requested");
                pending && !lines.is_empty()
            }
            Try::Cancel => {
                let allowed = pending || status == "confirmed";
                status = "cancelled";
                allowed
            }
            Try::Ship => {
                let allowed = status == "confirmed" && allocation == "reserved";
                status = "shipped";
                allowed
            }
            Try::Deliver => {
                let allowed = status == "shipped";
                status = "delivered";
                allowed
            }
            Try::StockReserved => {
                let allowed = (status, allocation) == ("confirmed", "requested");
                allocation = "reserved";
                allowed
            }
            Try::StockRejected => {
                let allowed = matches!(status, "confirmed" | "cancelled") && allocation == "requested";
                allocation = if status == "confirmed" { "rejected" } else { "none" };
                status = "cancelled";
                allowed
            }
            Try::StockReleased => {
                let allowed = status == "cancelled" && !matches!(allocation, "rejected" | "released");
                allocation = "released";
                allowed
            }
        };
        if allowed {
            self.lines = lines;
            (self.status, self.allocation) = (status, allocation);
            self.changes += 1;
        }
        allowed
    }
}

/// Tries it on the order, and returns whether it was not refused.
fn tries(order: &mut Order, attempt: &Try, step: usize) -> bool {
    let now = at(i64::try_from(step).unwrap());
    let unknown = a_line(999, "1.00", 1).id;
    let line_at =
        |order: &Order, place: usize| order.record().lines.get(place).map_or(unknown, |line| line.id);
    let result = match *attempt {
        Try::AddLine { cents, quantity } => {
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            order.add_line(a_line(step + 1, &price, quantity), now)
        }
        Try::RemoveLine { place } => order.remove_line(line_at(order, place), now),
        Try::ChangeQuantity { place, quantity } => order.change_quantity(
            line_at(order, place),
            Quantity::new(quantity).unwrap(),
            &NOTHING_LISTED,
            now,
        ),
        Try::Confirm => order.confirm(LONDON.address(), &NOTHING_LISTED, now),
        Try::Cancel => order.cancel(None, now),
        Try::Ship => {
            let (carrier, tracking_number) = ("Royal Mail".to_owned(), "RM1".to_owned());
            order.ship(
                Shipment {
                    carrier,
                    tracking_number,
                },
                now,
            )
        }
        Try::Deliver => order.deliver(now),
        Try::StockReserved => {
            order.stock_reserved(now);
            Ok(())
        }
        Try::StockRejected => {
            order.stock_rejected(Vec::new(), now);
            Ok(())
        }
        Try::StockReleased => {
            order.stock_released(now);
            Ok(())
        }
    };
    result.is_ok()
}

/// The action that a person would call this, when there is one and it does not depend on what exactly is asked.
fn action(attempt: &Try) -> Option<OrderAction> {
    match attempt {
        Try::Confirm => Some(OrderAction::Confirm),
        Try::Cancel => Some(OrderAction::Cancel),
        Try::Ship => Some(OrderAction::Ship),
        Try::Deliver => Some(OrderAction::Deliver),
        Try::RemoveLine { place: 0 } => Some(OrderAction::RemoveLine),
        Try::AddLine { .. }
        | Try::RemoveLine { .. }
        | Try::ChangeQuantity { .. }
        | Try::StockReserved
        | Try::StockRejected
        | Try::StockReleased => None,
    }
}

fn attempts() -> impl Strategy<Value = Vec<Try>> {
    let add = || {
        prop_oneof![
            8 => (0_i64..=20_000, 1_i64..=3).prop_map(|(cents, quantity)| Try::AddLine { cents, quantity }),
            1 => (0_i64..=1_000_001, 1_i64..=2).prop_map(|(cents, quantity)| Try::AddLine { cents, quantity }),
        ]
    };
    let before = prop_oneof![
        12 => add(),
        2 => (0_usize..60).prop_map(|place| Try::RemoveLine { place }),
        2 => (0_usize..60, 1_i64..=20).prop_map(|(place, quantity)| Try::ChangeQuantity { place, quantity }),
    ];
    let after = prop_oneof![
        2 => add(),
        1 => (0_usize..3).prop_map(|place| Try::RemoveLine { place }),
        4 => Just(Try::Confirm),
        1 => Just(Try::Cancel),
        3 => Just(Try::Ship),
        3 => Just(Try::Deliver),
        2 => Just(Try::StockReserved),
        1 => Just(Try::StockRejected),
        1 => Just(Try::StockReleased),
    ];
    (
        prop::collection::vec(before, 0..70),
        prop::collection::vec(after, 0..12),
    )
        .prop_map(|(before, after)| [before, after].concat())
}

proptest! {
    #[test]
    fn an_order_lives_as_the_table_says(attempts in attempts()) {
        let mut order = an_order().placed();
        let mut model = Model { status: "pending", allocation: "none", lines: Vec::new(), changes: 1 };
        for (step, attempt) in attempts.iter().enumerate() {
            let offered = order.record().allowed_actions();
            let before = order.record().clone();
            let worked = model.tries(attempt);
            let accepted = tries(&mut order, attempt, step);
            // A late event of inventory is no error, and changes nothing.
            let is_news = matches!(attempt, Try::StockReserved | Try::StockRejected | Try::StockReleased);
            prop_assert_eq!(accepted, worked || is_news, "{:?}", attempt);
            if !worked {
                prop_assert_eq!(order.record(), &before);
            }
            if let Some(action) = action(attempt) {
                prop_assert_eq!(offered.contains(&action), worked, "{:?}", attempt);
            }

            let record = order.record();
            let lines: Vec<_> = record
                .lines
                .iter()
                .map(|line| (line.unit_price.minor_units(), i64::from(line.quantity.get())))
                .collect();
            prop_assert_eq!(&lines, &model.lines);
            prop_assert_eq!(record.total().unwrap().minor_units(), Model::total(&lines));
            prop_assert!(Model::total(&lines) <= 1_000_000 && lines.len() <= 50);
            prop_assert_eq!(record.status.name(), model.status);
            prop_assert_eq!(record.allocation.name(), model.allocation);
            prop_assert_eq!(order.version().number(), model.changes);
            prop_assert_eq!(order.changes().events().count(), usize::try_from(model.changes).unwrap());
            prop_assert_eq!(record.cancellation.is_some(), record.status == OrderStatus::Cancelled);
            prop_assert!(record.status != OrderStatus::Shipped || record.allocation != Allocation::Rejected);
        }
    }

    #[test]
    fn a_pending_order_offers_what_its_lines_allow(count in 0_usize..=50) {
        let order = (0..count).fold(an_order(), |order, _| order.with_line("1.00", 1)).placed();
        let offered = order.record().allowed_actions();
        prop_assert_eq!(offered.contains(&OrderAction::AddLine), count < 50);
        prop_assert_eq!(offered.contains(&OrderAction::Confirm), count > 0);
        prop_assert_eq!(offered.contains(&OrderAction::ChangeQuantity), count > 0);
    }
}
