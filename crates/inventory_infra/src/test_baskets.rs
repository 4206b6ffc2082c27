//! Orders and their stock for the tests of the engines.

use inventory_domain::{ChangedBy, ReservationRequest, Stock, StockItem, reserve};
use shared_kernel::{
    IdGenerator, OrderId, ProductId, ReservationId, Timestamp, events::ReservedLine, in_memory::CountingIds,
};

use crate::{
    InventoryRows,
    changes::{ReservationChange, StockChange},
};

fn now() -> Timestamp {
    Timestamp::from_microseconds(0).unwrap()
}

/// So many products, of which there is enough.
pub(crate) fn stock_of(ids: &CountingIds, products: usize) -> Stock {
    let item = |_| {
        let product_id = ProductId::new(ids.next_id());
        let mut item = StockItem::open(product_id);
        let by = ChangedBy::Actor("operator".to_owned());
        item.adjust(1000, "counted in".to_owned(), None, by, now())
            .unwrap();
        (product_id, item)
    };
    (0..products).map(item).collect()
}

/// The rows of stock as it is.
pub(crate) fn rows_of(stock: &Stock) -> InventoryRows {
    InventoryRows {
        stock: stock.values().map(StockChange::of).collect(),
        reservations: Vec::new(),
    }
}

/// The same stock, as it is once its changes are stored.
pub(crate) fn stored(stock: &Stock) -> Stock {
    let again = |(id, item): (&ProductId, &StockItem)| {
        let version = shared_kernel::AggregateRoot::version(item);
        (*id, StockItem::rehydrate(*item.record(), version))
    };
    stock.iter().map(again).collect()
}

/// The rows of so many orders of a unit of each product, decided together.
pub(crate) fn baskets(ids: &CountingIds, stock: &mut Stock, orders: usize) -> InventoryRows {
    let mut reservations = Vec::new();
    for _ in 0..orders {
        let line = |product_id: &ProductId| ReservedLine {
            product_id: *product_id,
            quantity: 1,
        };
        let request = ReservationRequest {
            reservation_id: ReservationId::new(ids.next_id()),
            order_id: OrderId::new(ids.next_id()),
            lines: stock.keys().map(line).collect(),
            at: now(),
        };
        reservations.push(ReservationChange::of(&reserve(request, stock).unwrap()));
    }
    InventoryRows {
        reservations,
        ..rows_of(stock)
    }
}
