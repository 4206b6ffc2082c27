//! The model: everything that was acknowledged.

use std::collections::BTreeMap;

use message_bus::Replay;
use notifications::MailKind;
use ordering_app::{OrderView, PlaceOrder};
use shared_kernel::{OrderId, ProductId, UserId};

/// What was acknowledged to callers.
#[derive(Default)]
pub(super) struct Known {
    pub(super) customers: Vec<UserId>,
    /// Products that were listed in this history.
    pub(super) products: Vec<ProductId>,
    pub(super) orders: BTreeMap<OrderId, KnownOrder>,
    /// Units on hand of each product that has stock.
    pub(super) on_hand: BTreeMap<ProductId, i64>,
    pub(super) keys: Vec<KnownKey>,
}

/// An order, as it was answered last.
pub(super) struct KnownOrder {
    pub(super) view: OrderView,
    /// Placed in this history, and not before it.
    pub(super) own: bool,
    /// The mails that its steps in this history lead to.
    pub(super) mails: Vec<MailKind>,
}

/// A command that was sent under a key.
pub(super) struct KnownKey {
    pub(super) replay: Replay,
    pub(super) command: PlaceOrder,
    pub(super) answer: OrderView,
    /// When, in seconds of the history.
    pub(super) at: i64,
}

impl Known {
    /// An order with this status, if there is one.
    pub(super) fn one_that_is(&self, status: &str, random: &mut fastrand::Rng) -> Option<OrderId> {
        // What was pending before this history may have products that are not on the price list.
        let orders = self.orders.values();
        let fitting: Vec<OrderId> = orders
            .filter(|order| order.view.status == status && (order.own || status != "pending"))
            .map(|order| order.view.id)
            .collect();
        random.choice(fitting)
    }

    /// Records an order's answer after a step, and the mail that the step leads to.
    pub(super) fn stepped(&mut self, view: OrderView, mail: Option<MailKind>) {
        let order = self.orders.get_mut(&view.id).expect("it was placed before");
        order.view = view;
        order.mails.extend(mail);
    }

    /// How many units of each product with stock are reserved for orders.
    pub(super) fn reserved(&self) -> BTreeMap<ProductId, i64> {
        let mut reserved = BTreeMap::new();
        let orders = self.orders.values().map(|order| &order.view);
        for order in orders.filter(|order| order.status == "confirmed" && order.allocation == "reserved") {
            for (product, units) in units_of(order) {
                *reserved.entry(product).or_default() += units;
            }
        }
        reserved
    }

    /// A reserved order was shipped with its units.
    pub(super) fn left(&mut self, order: &OrderView) {
        if order.allocation == "reserved" {
            for (product, units) in units_of(order) {
                if let Some(on_hand) = self.on_hand.get_mut(&product) {
                    *on_hand -= units;
                }
            }
        }
    }
}

fn units_of(order: &OrderView) -> impl Iterator<Item = (ProductId, i64)> {
    let lines = order.lines.iter();
    lines.map(|line| (line.product_id, i64::from(line.quantity.get())))
}
