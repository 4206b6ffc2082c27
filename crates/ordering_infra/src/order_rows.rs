//! An order as rows, and back. No rule is asked on the way back: what was stored stays readable.

use std::fmt::Display;

use diesel::Queryable;
use message_bus::Unavailable;
use ordering_domain::{
    Address, AddressParts, Allocation, Cancellation, CancellationCode, Order, OrderLine, OrderRecord,
    Shipment,
};
use shared_kernel::{
    AggregateRoot, Currency, CustomerId, Money, OrderId, OrderLineId, ProductId, Quantity, Timestamp, Version,
};
use storage::columns::{RowId, RowJson, RowTime};

/// A row of `orders`. The fields stand in the order of the columns.
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
    /// Nothing in the rows of a version that knew no codes.
    pub(crate) cancellation_code: Option<String>,
    /// When what `allocation` says was reserved became free again; a column of its own, since a version before reads no other name there.
    pub(crate) stock_released_at: Option<RowTime>,
}

/// A row of `order_lines`. The fields stand in the order of the columns.
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

/// A row holds what Orderly never wrote.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UnreadableRow(String);

/// An error on the way from a row, in its own words.
pub(crate) fn unreadable(error: impl Display) -> UnreadableRow {
    UnreadableRow(error.to_string())
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
        let updated_at = RowTime(record.updated_at.as_microseconds());
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
            placed_at: RowTime(record.placed_at.as_microseconds()),
            updated_at,
            version: i64::from(order.version().number()),
            cancellation_code: cancellation.map(|cancellation| cancellation.code.name().to_owned()),
            stock_released_at,
        })
    }

    /// The order's data and version, with its lines in the order of their positions.
    pub(crate) fn into_record(
        self,
        lines: Vec<OrderLineRow>,
    ) -> Result<(OrderRecord, Version), UnreadableRow> {
        let currency: Currency = self.currency.parse().map_err(unreadable)?;
        let shipping_address = match (
            self.shipping_street,
            self.shipping_city,
            self.shipping_state,
            self.shipping_postal_code,
            self.shipping_country,
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
                return Err(unreadable(
                    "found part of a shipping address, expected all or nothing",
                ));
            }
        };
        let code = self.cancellation_code.map(|code| code.parse()).transpose();
        let code: Option<CancellationCode> = code.map_err(unreadable)?;
        let cancellation = match (self.cancellation_reason, self.cancellation_shortages, code) {
            (Some(text), Some(shortages), code) => {
                let shortages = serde_json::from_str(&shortages.0).map_err(unreadable)?;
                Some(Cancellation::from_one_text(code, text, shortages))
            }
            (None, None, None) => None,
            _ => {
                return Err(unreadable(
                    "found part of a cancellation, expected all or nothing",
                ));
            }
        };
        let shipment = match (self.carrier, self.tracking_number) {
            (Some(carrier), Some(tracking_number)) => Some(Shipment {
                carrier,
                tracking_number,
            }),
            (None, None) => None,
            _ => return Err(unreadable("found part of a shipment, expected all or nothing")),
        };
        let record = OrderRecord {
            id: OrderId::new(self.id.0),
            reference: self.reference.parse().map_err(unreadable)?,
            customer_id: CustomerId::new(self.customer_id.0),
            status: self.status.parse().map_err(unreadable)?,
            allocation: match self.stock_released_at {
                Some(_) => Allocation::Released,
                None => self.allocation.parse().map_err(unreadable)?,
            },
            currency,
            lines: lines
                .into_iter()
                .map(|line| line.into_line(currency))
                .collect::<Result<_, _>>()?,
            shipping_address,
            cancellation,
            shipment,
            placed_at: Timestamp::from_microseconds(self.placed_at.0).map_err(unreadable)?,
            updated_at: Timestamp::from_microseconds(self.updated_at.0).map_err(unreadable)?,
        };
        Ok((record, version(self.version)?))
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

    fn into_line(self, currency: Currency) -> Result<OrderLine, UnreadableRow> {
        Ok(OrderLine {
            id: OrderLineId::new(self.line_id.0),
            product_id: ProductId::new(self.product_id.0),
            product_name: self.product_name,
            quantity: Quantity::new(self.quantity).map_err(unreadable)?,
            unit_price: Money::from_minor_units(self.unit_price, currency).map_err(unreadable)?,
            kind: self.kind.parse().map_err(unreadable)?,
            stock: self.asks_for_stock.into(),
        })
    }
}

/// A version as it was stored.
pub(crate) fn version(number: i64) -> Result<Version, UnreadableRow> {
    u32::try_from(number).map(Version::new).map_err(unreadable)
}

#[cfg(test)]
mod tests;
