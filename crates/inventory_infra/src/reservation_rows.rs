//! A reservation as rows, and back. What was short of it stands on its lines.

use diesel::Queryable;
use inventory_app::ReservationStanding;
use inventory_domain::{Reservation, ReservationRecord, ReservationState};
use shared_kernel::{
    AggregateRoot, OrderId, ProductId, ReservationId, Version,
    events::{ReservedLine, Shortage},
};
use storage::columns::{RowId, RowTime};

use crate::stock_rows::{UnreadableRow, count, time, unreadable, version};

/// A row of `reservations`. The fields stand in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct ReservationRow {
    pub(crate) id: RowId,
    pub(crate) order_id: RowId,
    pub(crate) state: String,
    pub(crate) decided_at: RowTime,
    pub(crate) updated_at: RowTime,
    pub(crate) version: i64,
}

/// A row of `reservation_lines`. The fields stand in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct LineRow {
    pub(crate) reservation_id: RowId,
    pub(crate) product_id: RowId,
    pub(crate) quantity: i64,
    pub(crate) available: Option<i64>,
}

impl ReservationRow {
    /// The row of a reservation with all its changes.
    pub(crate) fn of(reservation: &Reservation) -> Self {
        let record = reservation.record();
        Self {
            id: RowId(record.id.uuid()),
            order_id: RowId(record.order_id.uuid()),
            state: record.state.name().to_owned(),
            decided_at: RowTime(record.decided_at.as_microseconds()),
            updated_at: RowTime(record.updated_at.as_microseconds()),
            version: i64::from(reservation.version().number()),
        }
    }

    /// The reservation's data and version, with its lines in the order of the products.
    pub(crate) fn into_record(
        self,
        lines: Vec<LineRow>,
    ) -> Result<(ReservationRecord, Version), UnreadableRow> {
        let shortages = lines.iter().filter_map(LineRow::shortage);
        let shortages = shortages.collect::<Result<_, _>>()?;
        let record = ReservationRecord {
            id: ReservationId::new(self.id.0),
            order_id: OrderId::new(self.order_id.0),
            lines: lines.iter().map(LineRow::line).collect::<Result<_, _>>()?,
            state: ReservationState::named(&self.state, shortages).map_err(unreadable)?,
            decided_at: time(self.decided_at)?,
            updated_at: time(self.updated_at)?,
        };
        Ok((record, version(self.version)?))
    }

    /// Where it stands.
    pub(crate) fn into_standing(self) -> Result<ReservationStanding, UnreadableRow> {
        Ok(ReservationStanding {
            order_id: OrderId::new(self.order_id.0),
            reservation_id: ReservationId::new(self.id.0),
            state: self.state,
            version: version(self.version)?,
        })
    }
}

impl LineRow {
    /// The rows of a reservation's lines.
    pub(crate) fn all_of(reservation: &Reservation) -> Vec<Self> {
        let record = reservation.record();
        let shortages = record.state.shortages();
        let row = |line: &ReservedLine| {
            let short = shortages.iter().find(|short| short.product_id == line.product_id);
            Self {
                reservation_id: RowId(record.id.uuid()),
                product_id: RowId(line.product_id.uuid()),
                quantity: i64::from(line.quantity),
                available: short.map(|short| i64::from(short.available)),
            }
        };
        record.lines.iter().map(row).collect()
    }

    fn line(&self) -> Result<ReservedLine, UnreadableRow> {
        Ok(ReservedLine {
            product_id: ProductId::new(self.product_id.0),
            quantity: count(self.quantity)?,
        })
    }

    fn shortage(&self) -> Option<Result<Shortage, UnreadableRow>> {
        let available = self.available?;
        let shortage = self.line().and_then(|line| {
            Ok(Shortage {
                product_id: line.product_id,
                product_name: None,
                requested: line.quantity,
                available: count(available)?,
            })
        });
        Some(shortage)
    }
}

#[cfg(test)]
mod tests {
    use inventory_domain::{ReservationRequest, Stock, StockItem, release, reserve};
    use shared_kernel::Timestamp;

    use super::*;

    const PRODUCT: &str = "0197b2c4-6d00-7000-8000-000000000020";

    /// A reservation of two products, of which one has stock enough and the other has so much.
    fn reservation(stock_of_the_other: u32) -> (Reservation, Stock) {
        let products: [ProductId; 2] = [
            PRODUCT.parse().unwrap(),
            "0197b2c4-6d00-7000-8000-000000000021".parse().unwrap(),
        ];
        let item = |product_id, on_hand| {
            let record = inventory_domain::StockRecord {
                product_id,
                on_hand,
                reserved: 0,
            };
            (product_id, StockItem::rehydrate(record, Version::FIRST))
        };
        let mut stock = Stock::from([item(products[0], 9), item(products[1], stock_of_the_other)]);
        let request = ReservationRequest {
            reservation_id: "0197b2c4-6d00-7000-8000-000000000040".parse().unwrap(),
            order_id: "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap(),
            lines: products
                .map(|product_id| ReservedLine {
                    product_id,
                    quantity: 2,
                })
                .to_vec(),
            at: Timestamp::from_microseconds(7).unwrap(),
        };
        (reserve(request, &mut stock), stock)
    }

    fn goes_into_rows_and_back(reservation: &Reservation) {
        let (row, lines) = (ReservationRow::of(reservation), LineRow::all_of(reservation));
        let (record, version) = row.clone().into_record(lines.clone()).unwrap();
        assert_eq!((&record, version), (reservation.record(), reservation.version()));
        let again = Reservation::rehydrate(record, version);
        assert_eq!(
            (ReservationRow::of(&again), LineRow::all_of(&again)),
            (row, lines)
        );
    }

    #[test]
    fn a_reservation_goes_into_rows_and_back_in_every_state() {
        let (mut held, mut stock) = reservation(2);
        goes_into_rows_and_back(&held);
        release(&mut held, &mut stock, Timestamp::from_microseconds(9).unwrap()).unwrap();
        goes_into_rows_and_back(&held);
        let (rejected, _) = reservation(1);
        assert_eq!(rejected.record().state.shortages().len(), 1);
        goes_into_rows_and_back(&rejected);
    }

    #[test]
    fn rows_that_orderly_never_wrote_are_not_guessed_at() {
        let (held, _) = reservation(2);
        let (row, lines) = (ReservationRow::of(&held), LineRow::all_of(&held));
        let state = |state: &str| ReservationRow {
            state: state.to_owned(),
            ..row.clone()
        };
        assert!(state("kept").into_record(lines.clone()).is_err());
        assert!(state("rejected").into_record(lines.clone()).is_err());
        let short = LineRow {
            available: Some(1),
            ..lines[0].clone()
        };
        assert!(row.into_record(vec![short]).is_err());
    }
}
