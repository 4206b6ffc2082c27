//! The order: the one thing through which its lines, its status and its stock change.
//!
//! Each operation checks its rules first, then changes the order, then raises exactly one event; a refused
//! operation changes nothing. Deliberately not here: who may do it, and what it costs.

use shared_kernel::{
    AggregateRoot, Changes, Currency, CustomerId, OrderId, OrderLineId, Quantity, Timestamp, Version,
};

use crate::{
    Address, Allocation, Cancellation, Customer, OrderError, OrderEvent, OrderLine, OrderRecord,
    OrderReference, OrderStatus, Shipment, Terms,
    order_record::total_of,
    rules::{
        an_order_is_confirmed_once, closed_customers_place_no_orders, confirming_asks_for_stock,
        confirming_needs_lines, lines_are_named_by_id, one_currency, only_confirmed_orders_change_address,
        only_confirmed_orders_ship, only_pending_or_confirmed_orders_are_cancelled,
        only_pending_orders_change, only_shipped_orders_are_delivered, order_line_limit, order_total_limit,
        shipping_needs_reserved_stock, text_fields,
    },
};

mod stock_news;

/// An order, the aggregate root over its lines. Two are the same one when their ids are.
#[derive(Clone, Debug)]
pub struct Order {
    record: OrderRecord,
    changes: Changes<OrderEvent>,
}

/// What an order is placed with. No lines yet is fine: they can be added until it is confirmed.
#[derive(Clone, Debug)]
pub struct Placement {
    /// The new order's id.
    pub id: OrderId,
    /// Its short name for people.
    pub reference: OrderReference,
    /// Who orders.
    pub customer_id: CustomerId,
    /// The order's one currency.
    pub currency: Currency,
    /// Its first lines.
    pub lines: Vec<OrderLine>,
    /// When.
    pub placed_at: Timestamp,
}

impl Order {
    /// Places an order. `customer` is the stored customer: nothing, when the order arrives before the event
    /// about their account.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn place(placement: Placement, customer: Option<&Customer>) -> Result<Self, OrderError> {
        if let Some(customer) = customer {
            closed_customers_place_no_orders::check(customer)?;
        }
        order_line_limit::check(placement.lines.len())?;
        for line in &placement.lines {
            check_line(line, placement.currency)?;
        }
        let total = total_of(&placement.lines, placement.currency)?;
        order_total_limit::check(total)?;
        let mut changes = Changes::of_a_new_aggregate();
        changes.raise(OrderEvent::Placed {
            lines: placement.lines.clone(),
            total,
        });
        let record = OrderRecord {
            id: placement.id,
            reference: placement.reference,
            customer_id: placement.customer_id,
            status: OrderStatus::Pending,
            allocation: Allocation::None,
            currency: placement.currency,
            lines: placement.lines,
            shipping_address: None,
            cancellation: None,
            shipment: None,
            placed_at: placement.placed_at,
            updated_at: placement.placed_at,
        };
        Ok(Self { record, changes })
    }

    /// An order as it was stored. No rule is checked: rules guard changes, and an order that was fine under
    /// an older rule stays readable.
    pub const fn rehydrate(record: OrderRecord, version: Version) -> Self {
        Self {
            record,
            changes: Changes::since(version),
        }
    }

    /// Its data.
    pub const fn record(&self) -> &OrderRecord {
        &self.record
    }

    /// Adds a line.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn add_line(&mut self, line: OrderLine, at: Timestamp) -> Result<(), OrderError> {
        only_pending_orders_change::check(self.record.status)?;
        check_line(&line, self.record.currency)?;
        let mut lines = self.record.lines.clone();
        lines.push(line.clone());
        order_line_limit::check(lines.len())?;
        order_total_limit::check(total_of(&lines, self.record.currency)?)?;
        self.record.lines = lines;
        self.changed(at, OrderEvent::LineAdded { line });
        Ok(())
    }

    /// Removes a line.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn remove_line(&mut self, line_id: OrderLineId, at: Timestamp) -> Result<(), OrderError> {
        only_pending_orders_change::check(self.record.status)?;
        lines_are_named_by_id::find(&mut self.record.lines, line_id)?;
        self.record.lines.retain(|line| line.id != line_id);
        self.changed(at, OrderEvent::LineRemoved { line_id });
        Ok(())
    }

    /// Changes a line's quantity. An increase needs `terms`; a decrease is always allowed.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn change_quantity(
        &mut self,
        line_id: OrderLineId,
        quantity: Quantity,
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<(), OrderError> {
        only_pending_orders_change::check(self.record.status)?;
        let mut lines = self.record.lines.clone();
        let line = lines_are_named_by_id::find(&mut lines, line_id)?;
        let before = line.quantity;
        if quantity > before {
            terms.allow([&*line])?;
        }
        line.quantity = quantity;
        order_total_limit::check(total_of(&lines, self.record.currency)?)?;
        self.record.lines = lines;
        self.changed(
            at,
            OrderEvent::QuantityChanged {
                line_id,
                before,
                after: quantity,
            },
        );
        Ok(())
    }

    /// Settles the lines, which have to be orderable on `terms`, and sets the address. The event asks for stock, if any line needs
    /// it.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn confirm(
        &mut self,
        shipping_address: Address,
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<(), OrderError> {
        an_order_is_confirmed_once::check(self.record.status)?;
        confirming_needs_lines::check(self.record.lines.len())?;
        terms.allow(&self.record.lines)?;
        let total = self.record.total()?;
        self.record.status = OrderStatus::Confirmed;
        self.record.allocation = confirming_asks_for_stock::allocation(&self.record.lines);
        self.record.shipping_address = Some(shipping_address.clone());
        self.changed(
            at,
            OrderEvent::Confirmed {
                shipping_address,
                total,
            },
        );
        Ok(())
    }

    /// Changes the address that it is shipped to. Its present address changes nothing.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn change_shipping_address(
        &mut self,
        shipping_address: Address,
        at: Timestamp,
    ) -> Result<(), OrderError> {
        only_confirmed_orders_change_address::check(self.record.status)?;
        if self.record.shipping_address.as_ref() == Some(&shipping_address) {
            return Ok(());
        }
        self.record.shipping_address = Some(shipping_address.clone());
        self.changed(at, OrderEvent::AddressChanged { shipping_address });
        Ok(())
    }

    /// Cancels it because a person asked, for this reason if they gave one.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn cancel(&mut self, reason: Option<String>, at: Timestamp) -> Result<(), OrderError> {
        only_pending_or_confirmed_orders_are_cancelled::check(self.record.status)?;
        if let Some(reason) = &reason {
            text_fields::CANCELLATION_REASON.check(reason)?;
        }
        self.cancelled(Cancellation::on_request(reason), at);
        Ok(())
    }

    /// Ships it.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn ship(&mut self, shipment: Shipment, at: Timestamp) -> Result<(), OrderError> {
        only_confirmed_orders_ship::check(self.record.status)?;
        shipping_needs_reserved_stock::check(self.record.allocation)?;
        text_fields::CARRIER.check(&shipment.carrier)?;
        text_fields::TRACKING_NUMBER.check(&shipment.tracking_number)?;
        self.record.status = OrderStatus::Shipped;
        self.record.shipment = Some(shipment.clone());
        self.changed(at, OrderEvent::Shipped { shipment });
        Ok(())
    }

    /// It arrived.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn deliver(&mut self, at: Timestamp) -> Result<(), OrderError> {
        only_shipped_orders_are_delivered::check(self.record.status)?;
        self.record.status = OrderStatus::Delivered;
        self.changed(at, OrderEvent::Delivered);
        Ok(())
    }

    fn cancelled(&mut self, cancellation: Cancellation, at: Timestamp) {
        self.record.status = OrderStatus::Cancelled;
        self.record.cancellation = Some(cancellation.clone());
        self.changed(at, OrderEvent::Cancelled { cancellation });
    }

    fn changed(&mut self, at: Timestamp, event: OrderEvent) {
        self.record.updated_at = at;
        self.changes.raise(event);
    }
}

fn check_line(line: &OrderLine, currency: Currency) -> Result<(), OrderError> {
    text_fields::PRODUCT_NAME.check(&line.product_name)?;
    one_currency::check(currency, line.unit_price.currency())?;
    Ok(())
}

impl AggregateRoot for Order {
    type Id = OrderId;
    type Event = OrderEvent;

    fn id(&self) -> OrderId {
        self.record.id
    }

    fn changes(&self) -> &Changes<OrderEvent> {
        &self.changes
    }
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.record.id == other.record.id
    }
}

impl Eq for Order {}

#[cfg(test)]
mod tests;
