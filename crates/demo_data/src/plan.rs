//! What happens to the demo's orders: the order with a number is the same one in every run.

use ordering_app::LineToOrder;
use shared_kernel::{InvalidQuantity, LineStock, Quantity};

use crate::assortment::OnOffer;

/// The most lines of a demo order.
const MOST_LINES: u64 = 4;
/// The most units of a cheap product.
const MOST_UNITS: u64 = 3;

/// What happens to an order after it was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its customer confirms it.
    Confirm,
    /// Staff ship it.
    Ship,
    /// It is delivered.
    Deliver,
    /// Its customer cancels it, for this reason.
    Cancel(&'static str),
}

use Step::{Cancel, Confirm, Deliver, Ship};

/// The histories that take turns. All states are among them, and most orders are delivered, as in a shop.
const LIVES: [&[Step]; 10] = [
    &[Confirm, Ship, Deliver],
    &[],
    &[Confirm, Ship],
    &[Confirm],
    &[Cancel("ordered by mistake")],
    &[Confirm, Ship, Deliver],
    &[Confirm, Cancel("found it cheaper")],
    &[Confirm, Ship, Deliver],
    &[Confirm],
    &[],
];

/// So many orders have histories as in a shop. Of the others, which only add to the number, nine in ten stay as they were placed.
const FULL_LIVES: u64 = 1_000;

/// What happens to the order with this number.
pub(crate) fn steps(number: u64) -> &'static [Step] {
    if number >= FULL_LIVES && !number.is_multiple_of(10) {
        return &[];
    }
    // Shifted by one in each round, so that a customer does not always get the same history.
    let lives = LIVES.len() as u64;
    let turn = (number + number / lives) % lives;
    turned(&LIVES, turn).copied().unwrap_or_default()
}

/// The lines of the order with this number, from the products on offer.
pub(crate) fn lines(number: u64, on_offer: &[OnOffer]) -> Result<Vec<LineToOrder>, InvalidQuantity> {
    let first = mixed(number, 0);
    let count = 1 + mixed(number, 1) % MOST_LINES;
    let wanted = (0..count).map(|line| {
        // Seven and the number of products have no divisor in common, so no product comes twice.
        (
            turned(on_offer, first.wrapping_add(line * 7)),
            1 + mixed(number, 2 + line) % MOST_UNITS,
        )
    });
    let mut lines = Vec::new();
    for (product, units) in wanted {
        let Some(product) = product else {
            continue;
        };
        let units = if product.is_dear() { 1 } else { units };
        lines.push(LineToOrder {
            product_id: product.id,
            quantity: Quantity::new(i64::try_from(units).unwrap_or(1))?,
            product_name: None,
            unit_price: None,
            stock: LineStock::Asked,
        });
    }
    Ok(lines)
}

/// The item for `number` when the items take turns.
pub(crate) fn turned<T>(among: &[T], number: u64) -> Option<&T> {
    let count = among.len() as u64;
    let place = number.checked_rem(count)?;
    among.get(usize::try_from(place).ok()?)
}

/// A number that looks random and is the same each time: SplitMix64.
fn mixed(number: u64, salt: u64) -> u64 {
    let mut mixed = (number ^ salt.rotate_left(56)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared_kernel::{Currency, Money};

    use super::*;
    use crate::assortment::first_assortment;

    #[test]
    fn no_planned_order_exceeds_what_an_order_may_cost() {
        for currency in Currency::ALL {
            let limit = Money::parse("10000.00", currency).unwrap();
            let on_offer = first_assortment().in_currency(currency);
            for number in 0..10_000 {
                let mut total = Money::zero(currency);
                for line in lines(number, &on_offer).unwrap() {
                    let product = on_offer.iter().find(|product| product.id == line.product_id);
                    let price = product.unwrap().list_price.times(line.quantity).unwrap();
                    total = total.add(price).unwrap();
                }
                assert!(total.amount() <= limit.amount(), "order {number} costs {total}");
            }
        }
    }

    #[test]
    fn orders_have_one_to_four_lines_with_a_product_each() {
        let mut counts = BTreeSet::new();
        for number in 0..1_000 {
            let on_offer = first_assortment().in_currency(Currency::ALL[number as usize % 4]);
            let lines = lines(number, &on_offer).unwrap();
            let products: BTreeSet<_> = lines.iter().map(|line| line.product_id).collect();
            assert_eq!(products.len(), lines.len(), "order {number}");
            counts.insert(lines.len());
        }
        assert_eq!(counts, (1..=4).collect());
    }

    #[test]
    fn over_a_hundred_orders_each_of_ten_customers_sees_every_fate() {
        for customer in 0..10 {
            let fates: BTreeSet<String> = (0..10)
                .map(|round| format!("{:?}", steps(round * 10 + customer)))
                .collect();
            let all: BTreeSet<String> = LIVES.iter().map(|life| format!("{life:?}")).collect();
            assert_eq!(fates, all, "customer {customer}");
        }
    }
}
