//! Somebody places an order, for themselves or, as staff, for a customer.

use message_bus::{
    Command, CommandMeta, CommitError, Handles, UseCaseError,
    retry::{Attempt, deciding_again},
};
use ordering_domain::{Order, OrderLine, OrderReference, Placement};
use shared_kernel::{
    Currency, CustomerId, IdGenerator, Money, OrderId, OrderLineId, ProductId, Quantity, Refusal, RefusalKind,
};

use crate::{OrderView, Ordering, ports::REFERENCE_INDEX};

/// How often another reference is drawn. Even with a billion orders stored, each draw collides once in a thousand times.
const DRAWS: u32 = 5;

/// Place an order. Lines can still be added until it is confirmed.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// The order's one currency.
    pub currency: Currency,
    /// Its first lines.
    pub lines: Vec<LineToOrder>,
    /// For whom: the caller, if absent. Somebody else only when staff orders.
    pub customer_id: Option<CustomerId>,
}

/// A line to be ordered.
#[derive(Clone, Debug)]
pub struct LineToOrder {
    /// The product.
    pub product_id: ProductId,
    /// Its name on the order.
    pub product_name: String,
    /// Units.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
}

/// Why an order is nobody's, or the wrong person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderingFor {
    /// A caller without staff's role named another customer.
    #[error("found customer {customer_id}, expected the caller; only staff order for others")]
    SomebodyElse {
        /// Who was named.
        customer_id: CustomerId,
    },
    /// A caller who is no customer named none.
    #[error("found no customer to order for, expected one to be named")]
    Nobody,
}

impl From<OrderingFor> for Refusal {
    fn from(error: OrderingFor) -> Self {
        match error {
            OrderingFor::SomebodyElse { customer_id } => {
                Self::new(RefusalKind::Value, "ordering_for_somebody_else", &error)
                    .with("customer_id", customer_id.to_string())
            }
            OrderingFor::Nobody => Self::new(RefusalKind::Value, "customer_missing", &error),
        }
    }
}

impl Command for PlaceOrder {
    type Output = OrderView;
}

impl Handles<PlaceOrder> for Ordering {
    async fn handle(&self, command: PlaceOrder, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        let customer_id = ordering_for(command.customer_id, &meta).map_err(Refusal::from)?;
        let placement = Placement {
            id: OrderId::new(self.ids.next_id()),
            reference: self.draw_reference(),
            customer_id,
            currency: command.currency,
            lines: command
                .lines
                .into_iter()
                .map(|line| line.with_id(self.ids.as_ref()))
                .collect(),
            placed_at: meta.issued_at,
        };
        deciding_again(&meta, self.ids.as_ref(), || self.place(placement.clone(), &meta)).await
    }
}

impl Ordering {
    async fn place(&self, mut placement: Placement, meta: &CommandMeta) -> Result<OrderView, Attempt> {
        let mut draws = 1;
        loop {
            let mut unit = self.units.begin(meta.clone());
            let customer = unit.customers().get(placement.customer_id).await?;
            let order = Order::place(placement.clone(), customer.as_ref()).map_err(Refusal::from)?;
            let view = OrderView::of(&order).map_err(UseCaseError::defect)?;
            unit.orders().save(order);
            match unit.commit(meta.replay_record(&view)?).await {
                Ok(()) => return Ok(view),
                // Two of 2⁴⁰ met: only the index can know, and another one is soon drawn.
                Err(CommitError::AlreadyExists { constraint })
                    if constraint == REFERENCE_INDEX && draws < DRAWS =>
                {
                    draws += 1;
                    placement.reference = self.draw_reference();
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn draw_reference(&self) -> OrderReference {
        let [a, b, c, d, e, ..] = self.ids.random_bytes();
        OrderReference::from_random_bits([a, b, c, d, e])
    }
}

impl LineToOrder {
    pub(crate) fn with_id(self, ids: &dyn IdGenerator) -> OrderLine {
        OrderLine {
            id: OrderLineId::new(ids.next_id()),
            product_id: self.product_id,
            product_name: self.product_name,
            quantity: self.quantity,
            unit_price: self.unit_price,
        }
    }
}

fn ordering_for(named: Option<CustomerId>, meta: &CommandMeta) -> Result<CustomerId, OrderingFor> {
    let caller = meta.actor.user_id().map(CustomerId::from);
    match named {
        None => caller.ok_or(OrderingFor::Nobody),
        Some(customer_id) if Some(customer_id) == caller || meta.actor.is_staff() => Ok(customer_id),
        Some(customer_id) => Err(OrderingFor::SomebodyElse { customer_id }),
    }
}
