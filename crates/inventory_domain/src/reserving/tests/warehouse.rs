//! Random sequences of operations on a small warehouse, compared with a model of plain numbers.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shared_kernel::AggregateRoot;

use super::{at, line, product, request, stock};
use crate::{ChangedBy, Reservation, ReservationState, Stock, StockCorrection, fulfil, release, reserve};

const PRODUCTS: usize = 3;
const ORDERS: usize = 6;

/// Something that happens. Product 3 has no stock item.
#[derive(Clone, Debug)]
enum Step {
    Adjust {
        product: usize,
        delta: i64,
    },
    Count {
        product: usize,
        counted: u32,
        expected: u32,
    },
    Reserve {
        order: usize,
        lines: Vec<(usize, u32)>,
    },
    Release {
        order: usize,
    },
    Ship {
        order: usize,
    },
}

/// The model's state: units, and the decision about each order.
#[derive(Default)]
struct Model {
    on_hand: [i64; PRODUCTS],
    ledger: [i64; PRODUCTS],
    /// The units of each product that were reserved for an order, and whether they still are.
    orders: BTreeMap<usize, ([i64; PRODUCTS], bool)>,
}

impl Model {
    fn reserved(&self, product: usize) -> i64 {
        let held = self.orders.values().filter(|(_, held)| *held);
        held.map(|(units, _)| units[product]).sum()
    }

    fn move_by(&mut self, product: usize, delta: i64) -> bool {
        let changed = self.on_hand[product] + delta;
        let allowed = changed >= self.reserved(product) && changed <= 1_000_000_000;
        if allowed {
            self.on_hand[product] = changed;
            self.ledger[product] += delta;
        }
        allowed
    }

    /// Tries the same, and returns whether it worked.
    fn tries(&mut self, step: &Step) -> bool {
        match *step {
            Step::Adjust { product, delta } => delta != 0 && self.move_by(product, delta),
            Step::Count {
                product,
                counted,
                expected,
            } => {
                let expected = self.on_hand[product] == i64::from(expected);
                expected && self.move_by(product, i64::from(counted) - self.on_hand[product])
            }
            Step::Reserve { order, ref lines } => {
                let mut units = [0; PRODUCTS];
                for (product, quantity) in lines {
                    match units.get_mut(*product) {
                        Some(sum) => *sum += i64::from(*quantity),
                        None => return false,
                    }
                }
                let enough =
                    |product: usize| self.on_hand[product] - self.reserved(product) >= units[product];
                let allowed = (0..PRODUCTS).all(enough);
                if allowed {
                    self.orders.insert(order, (units, true));
                }
                allowed
            }
            Step::Release { order } => self
                .orders
                .get_mut(&order)
                .is_some_and(|(_, held)| std::mem::take(held)),
            Step::Ship { order } => {
                let Some((units, true)) = self.orders.get(&order).copied() else {
                    return false;
                };
                self.orders.insert(order, (units, false));
                for (product, units) in units.into_iter().enumerate() {
                    self.on_hand[product] -= units;
                    self.ledger[product] -= units;
                }
                true
            }
        }
    }
}

/// The warehouse itself, and the reservation of each order that was decided.
struct Warehouse {
    stock: Stock,
    reservations: BTreeMap<usize, Reservation>,
}

impl Warehouse {
    /// Does it, and returns whether it worked.
    fn does(&mut self, step: &Step) -> bool {
        let by = ChangedBy::Actor("user:ada".to_owned());
        match step {
            Step::Adjust {
                product: number,
                delta,
            } => {
                let item = self.stock.get_mut(&product(*number)).unwrap();
                item.adjust(*delta, "because".to_owned(), None, by, at(2)).is_ok()
            }
            Step::Count {
                product: number,
                counted,
                expected,
            } => {
                let item = self.stock.get_mut(&product(*number)).unwrap();
                item.count(*counted, *expected, by, at(2)).is_ok()
            }
            Step::Reserve { order, lines } => {
                let lines = lines
                    .iter()
                    .map(|(product, quantity)| line(*product, *quantity))
                    .collect();
                let reservation = reserve(request(*order, lines), &mut self.stock).unwrap();
                let held = reservation.record().state == ReservationState::Held;
                self.reservations.insert(*order, reservation);
                held
            }
            Step::Release { order } => {
                let Some(reservation) = self.reservations.get_mut(order) else {
                    return false;
                };
                let before = reservation.version();
                release(reservation, &mut self.stock, at(3)).unwrap();
                reservation.version() > before
            }
            Step::Ship { order } => {
                let Some(reservation) = self.reservations.get_mut(order) else {
                    return false;
                };
                let before = reservation.version();
                fulfil(reservation, &mut self.stock, at(3)).unwrap();
                reservation.version() > before
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let delta = prop_oneof![8 => -20_i64..=40, 1 => any::<i64>(), 1 => 999_999_980_i64..=1_000_000_020];
    let count = prop_oneof![4 => 0_u32..60, 1 => any::<u32>()];
    let step = prop_oneof![
        4 => (0..PRODUCTS, delta).prop_map(|(product, delta)| Step::Adjust { product, delta }),
        2 => (0..PRODUCTS, count, 0_u32..60).prop_map(|(product, counted, expected)| Step::Count { product, counted, expected }),
        6 => (0..ORDERS, prop::collection::vec((prop_oneof![20 => 0..PRODUCTS, 1 => Just(PRODUCTS)], 1_u32..12), 0..5))
            .prop_map(|(order, lines)| Step::Reserve { order, lines }),
        3 => (0..ORDERS).prop_map(|order| Step::Release { order }),
        3 => (0..ORDERS).prop_map(|order| Step::Ship { order }),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn stock_is_conserved(steps in steps()) {
        let mut model = Model::default();
        let mut warehouse = Warehouse { stock: stock(&[0; PRODUCTS]), reservations: BTreeMap::new() };
        for step in &steps {
            // An order is decided once.
            if let Step::Reserve { order, .. } = step && warehouse.reservations.contains_key(order) {
                continue;
            }
            // Adjusting by more than there can be must fail in the model without overflowing it.
            let beyond = matches!(step, Step::Adjust { delta, .. } if delta.unsigned_abs() > 2_000_000_000);
            let worked = !beyond && model.tries(step);
            prop_assert_eq!(warehouse.does(step), worked, "{:?}", step);

            for number in 0..PRODUCTS {
                let item = &warehouse.stock[&product(number)];
                let (record, ledger) = (item.record(), item.ledger_entries().map(|(_, entry)| entry.delta).sum::<i64>());
                let held: u64 = warehouse
                    .reservations
                    .values()
                    .filter(|reservation| reservation.record().state == ReservationState::Held)
                    .flat_map(|reservation| &reservation.record().lines)
                    .filter(|line| line.product_id == product(number))
                    .map(|line| u64::from(line.quantity))
                    .sum();
                prop_assert_eq!(i64::from(record.on_hand), model.on_hand[number]);
                prop_assert_eq!(i64::from(record.reserved), model.reserved(number));
                prop_assert_eq!(ledger, model.ledger[number]);
                prop_assert!(record.reserved <= record.on_hand);
                prop_assert_eq!(StockCorrection::of(record, item.version(), ledger, held), Ok(None));
            }
        }
    }
}
