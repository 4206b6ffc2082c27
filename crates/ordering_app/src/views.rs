//! What ordering answers: plain data, in the shape that callers see.

use ordering_domain::{
    AddressParts, Allocation, Customer, CustomerRecord, Order, OrderLine, OrderRecord, OrderStatus,
};
use schema::HasSchema;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    AggregateRoot, Currency, CustomerId, EmailAddress, LineStock, Money, MoneyError, OrderId, OrderLineId,
    ProductId, Quantity, Timestamp, Version, events::Shortage,
};

use crate::{limits, names};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Order", example({
    "id": "0197b2c4-0000-7000-8000-000000000001", "reference": "7K3M-9QXD",
    "customer_id": "0197b2c4-0000-7000-8000-0000000000ad", "status": "pending", "allocation": "none", "currency": "USD",
    "lines": [{
        "id": "0197b2c4-0000-7000-8000-000000000002", "product_id": "0197b2c4-0000-7000-8000-00000000beef",
        "product_name": "Kettle", "quantity": 2, "unit_price": {"amount": "19.99", "currency": "USD"},
        "total": {"amount": "39.98", "currency": "USD"}}],
    "total": {"amount": "39.98", "currency": "USD"}, "shipping_address": null, "cancellation": null, "shipment": null,
    "placed_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
    "allowed_actions": ["add_line", "remove_line", "change_quantity", "confirm", "cancel"],
}))]
pub struct OrderView {
    /// The order.
    pub id: OrderId,
    /// Its short name for people.
    #[schema(
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$",
        example = "7K3M-9QXD"
    )]
    pub reference: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// Where it stands, in lower case.
    #[schema(with = names::order_status)]
    pub status: String,
    /// Where its stock stands, in lower case.
    #[schema(with = names::allocation)]
    pub allocation: String,
    /// Its one currency.
    pub currency: Currency,
    /// In the order in which they were added.
    #[schema(max_items = limits::LINES)]
    pub lines: Vec<OrderLineView>,
    /// The sum of its lines.
    pub total: Money,
    /// Known from its confirmation on.
    pub shipping_address: Option<AddressView>,
    /// Why it was cancelled, if it was.
    pub cancellation: Option<CancellationView>,
    /// How it travels, once it does.
    pub shipment: Option<ShipmentView>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The version of this state.
    pub version: Version,
    /// What can be done with it as it stands, whoever does it.
    #[schema(with = names::order_actions)]
    pub allowed_actions: Vec<String>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "OrderLine")]
pub struct OrderLineView {
    /// The line.
    pub id: OrderLineId,
    /// The product.
    pub product_id: ProductId,
    /// The product's name on this order.
    pub product_name: String,
    /// Units ordered.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
    /// Price of all of them.
    pub total: Money,
    /// `false` where no stock is asked for it, as for a fee or a service; absent where it is.
    #[serde(default, skip_serializing_if = "LineStock::is_asked")]
    pub stock: LineStock,
}

/// Where an order goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Address")]
pub struct AddressView {
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or region; may be empty.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    pub country: String,
}

/// Why an order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "OrderCancellation")]
pub struct CancellationView {
    /// Which of the reasons that there are.
    // Answers recorded before there were codes have none, and stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required, with = names::cancellation_code)]
    pub code: Option<String>,
    /// The reason in a person's words, if they gave one.
    pub reason: Option<String>,
    /// What was short; empty unless stock was the reason.
    pub shortages: Vec<Shortage>,
}

/// How an order travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Shipment")]
pub struct ShipmentView {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Customer", example({
    "id": "0197b2c4-0000-7000-8000-0000000000ad", "email": "ada@example.com",
    "tier": "standard", "status": "open", "version": 1,
}))]
pub struct CustomerView {
    /// The user's id.
    pub id: CustomerId,
    /// Where to write to them.
    pub email: EmailAddress,
    /// What they pay by.
    #[schema(with = names::customer_tier)]
    pub tier: String,
    /// Whether they may order.
    #[schema(with = names::customer_status)]
    pub status: String,
    /// The version of this state.
    pub version: Version,
}

/// An order's position in a list, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPosition {
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The order's id, which sorts those placed at that time.
    pub order_id: OrderId,
}

impl OrderView {
    /// The view of an order with all its changes.
    ///
    /// # Errors
    /// [`MoneyError`] when its lines cannot be added up: no order that passed the rules.
    pub fn of(order: &Order) -> Result<Self, MoneyError> {
        Self::of_record(order.record().clone(), order.version())
    }

    /// The view of an order's data at a version.
    ///
    /// # Errors
    /// [`MoneyError`] when its lines cannot be added up: no order that passed the rules.
    pub fn of_record(record: OrderRecord, version: Version) -> Result<Self, MoneyError> {
        let allowed = record.allowed_actions();
        Ok(Self {
            total: record.total()?,
            id: record.id,
            reference: record.reference.to_string(),
            customer_id: record.customer_id,
            status: record.status.name().to_owned(),
            allocation: record.allocation.name().to_owned(),
            currency: record.currency,
            lines: record
                .lines
                .into_iter()
                .map(OrderLineView::of)
                .collect::<Result<_, _>>()?,
            shipping_address: record
                .shipping_address
                .map(|address| AddressView::of(address.into_parts())),
            cancellation: record.cancellation.map(|cancellation| CancellationView {
                code: Some(cancellation.code.name().to_owned()),
                reason: cancellation.reason,
                shortages: cancellation.shortages,
            }),
            shipment: record.shipment.map(|shipment| ShipmentView {
                carrier: shipment.carrier,
                tracking_number: shipment.tracking_number,
            }),
            placed_at: record.placed_at,
            updated_at: record.updated_at,
            version,
            allowed_actions: allowed
                .into_iter()
                .map(|action| action.name().to_owned())
                .collect(),
        })
    }

    /// Whether its stock needs no answer at present: inventory has answered, or need not.
    pub fn is_settled(&self) -> bool {
        self.status != OrderStatus::Confirmed.name() || self.allocation != Allocation::Requested.name()
    }

    /// Its position in a list.
    pub const fn position(&self) -> OrderPosition {
        OrderPosition {
            placed_at: self.placed_at,
            order_id: self.id,
        }
    }
}

impl OrderLineView {
    fn of(line: OrderLine) -> Result<Self, MoneyError> {
        Ok(Self {
            total: line.total()?,
            id: line.id,
            product_id: line.product_id,
            product_name: line.product_name,
            quantity: line.quantity,
            unit_price: line.unit_price,
            stock: line.stock,
        })
    }
}

impl AddressView {
    fn of(parts: AddressParts) -> Self {
        Self {
            street: parts.street,
            city: parts.city,
            state: parts.state,
            postal_code: parts.postal_code,
            country: parts.country,
        }
    }
}

impl CustomerView {
    /// The view of a customer with all their changes.
    pub fn of(customer: &Customer) -> Self {
        Self::of_record(customer.record().clone(), customer.version())
    }

    /// The view of a customer's data at a version.
    pub fn of_record(record: CustomerRecord, version: Version) -> Self {
        Self {
            id: record.id,
            email: record.email,
            tier: record.tier.name().to_owned(),
            status: record.status.name().to_owned(),
            version,
        }
    }
}
