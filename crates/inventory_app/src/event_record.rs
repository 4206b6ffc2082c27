//! Domain events of reservations, as the event log takes them. A stock item has none: it has a ledger.
//!
//! Three are delivered to other contexts; the event that an order's stock was shipped stays private.

use inventory_domain::{Reservation, ReservationEvent};
use message_bus::{NewEvent, Unavailable};
use serde_json::json;
use shared_kernel::{
    AggregateRoot, Version,
    events::{StockReleased, StockReservationRejected, StockReserved},
};

/// The events raised since the reservation was loaded, oldest first.
///
/// # Errors
/// [`Unavailable::Defect`] when an event has no JSON form.
pub fn reservation_events(reservation: &Reservation) -> Result<Vec<NewEvent>, Unavailable> {
    reservation
        .changes()
        .events()
        .map(|(version, event)| reservation_event(reservation, version, event))
        .collect::<Result<_, _>>()
        .map_err(Unavailable::defect)
}

fn reservation_event(
    reservation: &Reservation,
    version: Version,
    event: &ReservationEvent,
) -> Result<NewEvent, serde_json::Error> {
    let record = reservation.record();
    let (order_id, reservation_id) = (record.order_id, record.id);
    let uuid = reservation_id.uuid();
    match event {
        ReservationEvent::Reserved => {
            let reserved = StockReserved {
                order_id,
                reservation_id,
                lines: record.lines.clone(),
            };
            NewEvent::delivered(&reserved, uuid, version)
        }
        ReservationEvent::Rejected { shortages } => {
            let rejected = StockReservationRejected {
                order_id,
                shortages: shortages.clone(),
            };
            NewEvent::delivered(&rejected, uuid, version)
        }
        ReservationEvent::Released => {
            let released = StockReleased {
                order_id,
                reservation_id,
                lines: record.lines.clone(),
            };
            NewEvent::delivered(&released, uuid, version)
        }
        ReservationEvent::Committed => {
            let data =
                json!({ "order_id": order_id, "reservation_id": reservation_id, "lines": record.lines });
            Ok(NewEvent::private(
                "StockCommitted",
                "reservation",
                uuid,
                version,
                data,
            ))
        }
    }
}
