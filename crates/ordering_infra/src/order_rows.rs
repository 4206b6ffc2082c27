//! An order as rows, and back. No rule is checked on the way back: what was stored stays readable.

use diesel::Queryable;
use message_bus::Unavailable;
use ordering_app::store::StoredOrder;
use ordering_domain::{
    Address, AddressParts, Allocation, Cancellation, CancellationCode, Order, OrderLine, OrderRecord,
    Shipment,
};
use shared_kernel::{AggregateRoot, Currency, CustomerId, Money, OrderId, OrderLineId, ProductId, Quantity};
use storage::{
    ReadError,
    columns::{RowId, RowJson, RowTime, row_time, to_time, to_version},
};

/// A row of `orders`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct OrderRow {
    pub(crate) id: RowId,
    pub(crate) reference: String,
    pub(crate) customer_id: RowId,
    pub(crate) status: String,
    pub(crate) allocation: String,
    pub(crate) currency: String,
    pub(crate) shipping_street: Option<String>,
    pub(crate) shipping_city: Option<String>,
    pub(crate) shipping_state: Option<String>,
    pub(crate) shipping_postal_code: Option<String>,
    pub(crate) shipping_country: Option<String>,
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) cancellation_shortages: Option<RowJson>,
    pub(crate) carrier: Option<String>,
    pub(crate) tracking_number: Option<String>,
    pub(crate) placed_at: RowTime,
    pub(crate) updated_at: RowTime,
    pub(crate) version: i64,
    /// Null in rows of a version without codes.
    pub(crate) cancellation_code: Option<String>,
    /// When its reserved stock became free again; a column of its own, since an earlier version reads no other name in `allocation`.
    pub(crate) stock_released_at: Option<RowTime>,
}

/// A row of `order_lines`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct OrderLineRow {
    pub(crate) order_id: RowId,
    pub(crate) position: i64,
    pub(crate) line_id: RowId,
    pub(crate) product_id: RowId,
    pub(crate) product_name: String,
    pub(crate) quantity: i64,
    pub(crate) unit_price: i64,
    pub(crate) kind: String,
    pub(crate) asks_for_stock: bool,
}

/// An order's row, and those of its lines in the order of their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WholeOrder {
    pub(crate) order: OrderRow,
    pub(crate) lines: Vec<OrderLineRow>,
}

impl OrderRow {
    /// The row of an order with all its changes.
    pub(crate) fn of(order: &Order) -> Result<Self, Unavailable> {
        let record = order.record();
        let address = record.shipping_address.as_ref().map(Address::parts);
        let part = |part: fn(&AddressParts) -> &String| address.map(|parts| part(parts).clone());
        let cancellation = record.cancellation.as_ref();
        let shortages = cancellation
            .map(|cancellation| serde_json::to_string(&cancellation.shortages))
            .transpose()
            .map_err(Unavailable::defect)?
            .map(RowJson);
        let shipment = record.shipment.as_ref();
        let updated_at = row_time(record.updated_at);
        // Nothing happens to an order after that, so it is when the order last changed.
        let (allocation, stock_released_at) = match record.allocation {
            Allocation::Released => (Allocation::Reserved, Some(updated_at)),
            other => (other, None),
        };
        Ok(Self {
            id: RowId(record.id.uuid()),
            reference: record.reference.to_string(),
            customer_id: RowId(record.customer_id.uuid()),
            status: record.status.name().to_owned(),
            allocation: allocation.name().to_owned(),
            currency: record.currency.code().to_owned(),
            shipping_street: part(|parts| &parts.street),
            shipping_city: part(|parts| &parts.city),
            shipping_state: part(|parts| &parts.state),
            shipping_postal_code: part(|parts| &parts.postal_code),
            shipping_country: part(|parts| &parts.country),
            cancellation_reason: cancellation.map(|cancellation| cancellation.in_one_text().to_owned()),
            cancellation_shortages: shortages,
            carrier: shipment.map(|shipment| shipment.carrier.clone()),
            tracking_number: shipment.map(|shipment| shipment.tracking_number.clone()),
            placed_at: row_time(record.placed_at),
            updated_at,
            version: i64::from(order.version().number()),
            cancellation_code: cancellation.map(|cancellation| cancellation.code.name().to_owned()),
            stock_released_at,
        })
    }
}

impl TryFrom<WholeOrder> for StoredOrder {
    type Error = ReadError;

    fn try_from(WholeOrder { order: row, lines }: WholeOrder) -> Result<Self, ReadError> {
        let currency: Currency = row.currency.parse().map_err(ReadError::corrupt)?;
        let shipping_address = match (
            row.shipping_street,
            row.shipping_city,
            row.shipping_state,
            row.shipping_postal_code,
            row.shipping_country,
        ) {
            (Some(street), Some(city), Some(state), Some(postal_code), Some(country)) => {
                Some(Address::rehydrate(AddressParts {
                    street,
                    city,
                    state,
                    postal_code,
                    country,
                }))
            }
            (None, None, None, None, None) => None,
            _ => {
                return Err(ReadError::corrupt(
                    "found part of a shipping address, expected all or nothing",
                ));
            }
        };
        let code = row.cancellation_code.map(|code| code.parse()).transpose();
        let code: Option<CancellationCode> = code.map_err(ReadError::corrupt)?;
        let cancellation = match (row.cancellation_reason, row.cancellation_shortages, code) {
            (Some(text), Some(shortages), code) => {
                let shortages = serde_json::from_str(&shortages.0).map_err(ReadError::corrupt)?;
                Some(Cancellation::from_one_text(code, text, shortages))
            }
            (None, None, None) => None,
            _ => {
                return Err(ReadError::corrupt(
                    "found part of a cancellation, expected all or nothing",
                ));
            }
        };
        let shipment = match (row.carrier, row.tracking_number) {
            (Some(carrier), Some(tracking_number)) => Some(Shipment {
                carrier,
                tracking_number,
            }),
            (None, None) => None,
            _ => {
                return Err(ReadError::corrupt(
                    "found part of a shipment, expected all or nothing",
                ));
            }
        };
        let line_positions = lines.iter().map(|line| line.position).collect();
        let record = OrderRecord {
            id: OrderId::new(row.id.0),
            reference: row.reference.parse().map_err(ReadError::corrupt)?,
            customer_id: CustomerId::new(row.customer_id.0),
            status: row.status.parse().map_err(ReadError::corrupt)?,
            allocation: match row.stock_released_at {
                Some(_) => Allocation::Released,
                None => row.allocation.parse().map_err(ReadError::corrupt)?,
            },
            currency,
            lines: lines
                .into_iter()
                .map(|line| line.into_line(currency))
                .collect::<Result<_, _>>()?,
            shipping_address,
            cancellation,
            shipment,
            placed_at: to_time(row.placed_at)?,
            updated_at: to_time(row.updated_at)?,
        };
        Ok(Self {
            record,
            version: to_version(row.version)?,
            line_positions,
        })
    }
}

impl OrderLineRow {
    /// The row of an order's line at a position.
    pub(crate) fn of(order_id: OrderId, position: i64, line: &OrderLine) -> Self {
        Self {
            order_id: RowId(order_id.uuid()),
            position,
            line_id: RowId(line.id.uuid()),
            product_id: RowId(line.product_id.uuid()),
            product_name: line.product_name.clone(),
            quantity: i64::from(line.quantity.get()),
            unit_price: line.unit_price.minor_units(),
            kind: line.kind.name().to_owned(),
            asks_for_stock: line.stock.into(),
        }
    }

    fn into_line(self, currency: Currency) -> Result<OrderLine, ReadError> {
        Ok(OrderLine {
            id: OrderLineId::new(self.line_id.0),
            product_id: ProductId::new(self.product_id.0),
            product_name: self.product_name,
            quantity: Quantity::new(self.quantity).map_err(ReadError::corrupt)?,
            unit_price: Money::from_minor_units(self.unit_price, currency).map_err(ReadError::corrupt)?,
            kind: self.kind.parse().map_err(ReadError::corrupt)?,
            stock: self.asks_for_stock.into(),
        })
    }
}

#[cfg(test)]
mod tests;
