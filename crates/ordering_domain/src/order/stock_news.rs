//! What inventory says about an order's stock, each in time, late or again. None of it is refused: what comes too late changes nothing.

use shared_kernel::{Timestamp, events::Shortage};

use super::Order;
use crate::{Allocation, Cancellation, OrderEvent, OrderStatus};

impl Order {
    /// Stock is held for it. When the news is late, or old, nothing changes: a cancelled order's stock
    /// is released by whoever holds it, who then says so.
    pub fn stock_reserved(&mut self, at: Timestamp) {
        if self.record.status == OrderStatus::Confirmed && self.record.allocation != Allocation::Reserved {
            self.record.allocation = Allocation::Reserved;
            self.changed(at, OrderEvent::StockReserved);
        }
    }

    /// There was not enough stock for it, so it is cancelled. One that was cancelled before anybody knew stays cancelled as it was, and
    /// nothing was ever held for it. When the news is old, nothing changes.
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

    /// What was held for it, which was cancelled, is free again. The news may overtake the news that it was held.
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
