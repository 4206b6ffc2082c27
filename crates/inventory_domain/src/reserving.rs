//! What happens to an order's stock: it is reserved, and then released or fulfilled. A service, because an
//! order's stock is several stock items and a reservation, which change together or not at all.
//!
//! Releasing and fulfilling, twice or in a race, end in the same numbers: the later one changes nothing.

use std::collections::BTreeMap;

use shared_kernel::{OrderId, ProductId, ReservationId, Timestamp, events::ReservedLine};

use crate::{
    Reservation, StockError, StockItem,
    rules::{
        only_held_reservations_change, quantities_are_summed_first, reserving_is_all_or_nothing,
        what_is_held_is_reserved,
    },
};

/// The stock items that a decision is about, in the order of their products.
pub type Stock = BTreeMap<ProductId, StockItem>;

/// An order that needs stock.
#[derive(Clone, Debug)]
pub struct ReservationRequest {
    /// The id of the new reservation.
    pub reservation_id: ReservationId,
    /// The order.
    pub order_id: OrderId,
    /// Its lines, as ordered: several may be of one product.
    pub lines: Vec<ReservedLine>,
    /// When.
    pub at: Timestamp,
}

/// Decides an order's stock: all of it is reserved, or nothing is and the reservation is rejected. A product
/// without a stock item has nothing available.
///
/// # Errors
/// [`StockError::Insufficient`] when a stock item has too little although the rule found enough, which is a defect.
pub fn reserve(request: ReservationRequest, stock: &mut Stock) -> Result<Reservation, StockError> {
    let lines = quantities_are_summed_first::sum(&request.lines);
    let decision = reserving_is_all_or_nothing::check(&lines, stock);
    if decision.is_ok() {
        for line in &lines {
            if let Some(item) = stock.get_mut(&line.product_id) {
                item.hold(line.quantity)?;
            }
        }
    }
    Ok(Reservation::decided(
        request.reservation_id,
        request.order_id,
        lines,
        decision,
        request.at,
    ))
}

/// Frees what a reservation holds. One that holds nothing stays as it is.
///
/// # Errors
/// [`StockError::OutOfStep`] when the stock is not reserved as it says; nothing changes then.
pub fn release(reservation: &mut Reservation, stock: &mut Stock, at: Timestamp) -> Result<(), StockError> {
    if !only_held_reservations_change::holds(&reservation.record().state) {
        return Ok(());
    }
    what_is_held_is_reserved::check(&reservation.record().lines, stock)?;
    for line in &reservation.record().lines {
        if let Some(item) = stock.get_mut(&line.product_id) {
            item.free(line.quantity)?;
        }
    }
    reservation.released(at);
    Ok(())
}

/// Takes what a reservation holds out of stock, because its order was shipped. One that holds nothing stays as it is.
///
/// # Errors
/// [`StockError::OutOfStep`] when the stock is not reserved as it says; nothing changes then.
pub fn fulfil(reservation: &mut Reservation, stock: &mut Stock, at: Timestamp) -> Result<(), StockError> {
    if !only_held_reservations_change::holds(&reservation.record().state) {
        return Ok(());
    }
    what_is_held_is_reserved::check(&reservation.record().lines, stock)?;
    let order_id = reservation.record().order_id;
    for line in &reservation.record().lines {
        if let Some(item) = stock.get_mut(&line.product_id) {
            item.take(line.quantity, order_id, at)?;
        }
    }
    reservation.fulfilled(at);
    Ok(())
}

#[cfg(test)]
mod tests;
