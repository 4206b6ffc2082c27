//! A reservation as rows, and back. Its shortages are on its lines.

use diesel::{Queryable, QueryableByName};
use inventory_app::{ReservationStatus, store::StoredReservation};
use inventory_domain::{Reservation, ReservationRecord, ReservationState};
use shared_kernel::{
    AggregateRoot, OrderId, ProductId, ReservationId,
    events::{ReservedLine, Shortage},
};
use storage::{
    ReadError,
    columns::{RowId, RowTime, row_time, to_count, to_time, to_version},
};

/// A row of `reservations`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = crate::schema::reservations)]
pub(crate) struct ReservationRow {
    pub(crate) id: RowId,
    pub(crate) order_id: RowId,
    pub(crate) state: String,
    pub(crate) decided_at: RowTime,
    pub(crate) updated_at: RowTime,
    pub(crate) version: i64,
}

/// A row of `reservation_lines`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct LineRow {
    pub(crate) reservation_id: RowId,
    pub(crate) product_id: RowId,
    pub(crate) quantity: i64,
    pub(crate) available: Option<i64>,
}

/// A reservation's row, and those of its lines in the order of the products.
#[derive(Clone, Debug)]
pub(crate) struct WholeReservation {
    pub(crate) reservation: ReservationRow,
    pub(crate) lines: Vec<LineRow>,
}

impl ReservationRow {
    /// The row of a reservation with all its changes.
    pub(crate) fn of(reservation: &Reservation) -> Self {
        let record = reservation.record();
        Self {
            id: RowId(record.id.uuid()),
            order_id: RowId(record.order_id.uuid()),
            state: record.state.name().to_owned(),
            decided_at: row_time(record.decided_at),
            updated_at: row_time(record.updated_at),
            version: i64::from(reservation.version().number()),
        }
    }
}

impl TryFrom<WholeReservation> for StoredReservation {
    type Error = ReadError;

    fn try_from(
        WholeReservation {
            reservation: row,
            lines,
        }: WholeReservation,
    ) -> Result<Self, ReadError> {
        let shortages = lines.iter().filter_map(LineRow::shortage);
        let shortages = shortages.collect::<Result<_, _>>()?;
        let record = ReservationRecord {
            id: ReservationId::new(row.id.0),
            order_id: OrderId::new(row.order_id.0),
            lines: lines.iter().map(LineRow::line).collect::<Result<_, _>>()?,
            state: ReservationState::named(&row.state, shortages).map_err(ReadError::corrupt)?,
            decided_at: to_time(row.decided_at)?,
            updated_at: to_time(row.updated_at)?,
        };
        Ok(Self {
            record,
            version: to_version(row.version)?,
        })
    }
}

impl TryFrom<ReservationRow> for ReservationStatus {
    type Error = ReadError;

    fn try_from(row: ReservationRow) -> Result<Self, ReadError> {
        Ok(Self {
            order_id: OrderId::new(row.order_id.0),
            reservation_id: ReservationId::new(row.id.0),
            state: row.state,
            version: to_version(row.version)?,
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

    fn line(&self) -> Result<ReservedLine, ReadError> {
        Ok(ReservedLine {
            product_id: ProductId::new(self.product_id.0),
            quantity: to_count(self.quantity)?,
        })
    }

    fn shortage(&self) -> Option<Result<Shortage, ReadError>> {
        let available = self.available?;
        let shortage = self.line().and_then(|line| {
            Ok(Shortage {
                product_id: line.product_id,
                product_name: None,
                requested: line.quantity,
                available: to_count(available)?,
            })
        });
        Some(shortage)
    }
}

#[cfg(test)]
mod tests {
    use inventory_domain::{ReservationRequest, Stock, StockItem, release, reserve};
    use shared_kernel::{Timestamp, Version};

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
        (reserve(request, &mut stock).unwrap(), stock)
    }

    fn read(reservation: ReservationRow, lines: Vec<LineRow>) -> Result<StoredReservation, ReadError> {
        WholeReservation { reservation, lines }.try_into()
    }

    fn goes_into_rows_and_back(reservation: &Reservation) {
        let (row, lines) = (ReservationRow::of(reservation), LineRow::all_of(reservation));
        let StoredReservation { record, version } = read(row.clone(), lines.clone()).unwrap();
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
        assert!(read(state("kept"), lines.clone()).is_err());
        assert!(read(state("rejected"), lines.clone()).is_err());
        let short = LineRow {
            available: Some(1),
            ..lines[0].clone()
        };
        assert!(read(row, vec![short]).is_err());
    }
}
