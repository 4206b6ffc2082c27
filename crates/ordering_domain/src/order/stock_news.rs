//! Inventory's events about an order's stock, each in time, late or again. None of them is refused: a late one changes nothing.

use shared_kernel::{Timestamp, events::Shortage};

use super::Order;
use crate::{Allocation, Cancellation, OrderEvent, OrderStatus};

impl Order {
    /// Its stock is reserved. A late or old event changes nothing: a cancelled order's stock is released by
    /// inventory, which then publishes that.
    pub fn stock_reserved(&mut self, at: Timestamp) {
        if self.record.status == OrderStatus::Confirmed && self.record.allocation != Allocation::Reserved {
            self.record.allocation = Allocation::Reserved;
            self.changed(at, OrderEvent::StockReserved);
        }
    }

    /// There was not enough stock for it, so it is cancelled. If it was cancelled before this event arrived, it stays so, with no stock
    /// ever reserved. An old event changes nothing.
    pub fn stock_rejected(&mut self, shortages: Vec<Shortage>, at: Timestamp) {
        match (self.record.status, self.record.allocation) {
            (OrderStatus::Confirmed, Allocation::None | Allocation::Requested) => {
                self.record.allocation = Allocation::Rejected;
                let shortages = shortages
                    .into_iter()
                    .map(|shortage| self.named(shortage))
                    .collect();
                self.cancelled(Cancellation::out_of_stock(shortages), at);
            }
            (OrderStatus::Cancelled, Allocation::Requested) => {
                self.record.allocation = Allocation::None;
                self.changed(at, OrderEvent::StockRejected);
            }
            _ => {}
        }
    }

    /// It was cancelled, and its reserved stock is free again. This event may overtake the one that reserved it.
    pub fn stock_released(&mut self, at: Timestamp) {
        let free_already = matches!(
            self.record.allocation,
            Allocation::Rejected | Allocation::Released
        );
        if self.record.status == OrderStatus::Cancelled && !free_already {
            self.record.allocation = Allocation::Released;
            self.changed(at, OrderEvent::StockReleased);
        }
    }

    /// With the product's name on this order.
    fn named(&self, shortage: Shortage) -> Shortage {
        let mut lines = self.record.lines.iter();
        let line = lines.find(|line| line.product_id == shortage.product_id);
        Shortage {
            product_name: line.map(|line| line.product_name.clone()),
            ..shortage
        }
    }
}
