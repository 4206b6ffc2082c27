//! A customer places an order, or staff place one for a customer.

use message_bus::{
    Command, CommandMeta, CommitError, Handles, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use ordering_domain::{
    Customer, Order, OrderLine, OrderReference, Placement, WantedLine, rules::order_line_limit,
};
use shared_kernel::{
    Currency, CustomerId, IdGenerator, LineStock, Money, OrderId, OrderLineId, ProductId, Quantity, Refusal,
    RefusalKind,
};

use crate::{OrderView, Ordering, UnitOfWork, store::REFERENCE_INDEX, todays_terms::TodaysTerms};

/// How often another reference is drawn. Even with a billion orders stored, each draw collides once in a thousand times.
const DRAWS: u32 = 5;

/// Place an order. Lines can still be added until it is confirmed.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// The order's one currency.
    pub currency: Currency,
    /// Its first lines.
    pub lines: Vec<LineToOrder>,
    /// For whom: the caller, if absent. Another customer only when staff order.
    pub customer_id: Option<CustomerId>,
}

/// A line to be ordered. Name and price come from the price list.
#[derive(Clone, Debug)]
pub struct LineToOrder {
    /// The product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: Quantity,
    /// Its name on the order. Used only for a custom line, which staff order without the price list.
    pub product_name: Option<String>,
    /// The price that the caller expects to pay for one; for a custom line, its price.
    pub unit_price: Option<Money>,
    /// Whether stock is asked for it. Only a custom line may need none.
    pub stock: LineStock,
}

/// Why an order has no customer, or not an allowed one.
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
        order_line_limit::check(command.lines.len()).map_err(Refusal::from)?;
        let placement = Placement {
            id: OrderId::new(self.ids.next_id()),
            reference: self.draw_reference(),
            customer_id,
            currency: command.currency,
            lines: Vec::new(),
            placed_at: meta.issued_at,
        };
        let lines = command.lines.into_iter();
        let wanted: Vec<WantedLine> = lines.map(|line| line.with_id(self.ids.as_ref())).collect();
        retry_on_conflict(&meta, self.ids.as_ref(), || {
            self.place(placement.clone(), &wanted, &meta)
        })
        .await
    }
}

impl Ordering {
    async fn place(
        &self,
        mut placement: Placement,
        wanted: &[WantedLine],
        meta: &CommandMeta,
    ) -> Result<OrderView, UseCaseFailure> {
        let mut draws = 1;
        loop {
            let mut unit = self.begin(meta);
            let (customer, lines) =
                priced(wanted, placement.customer_id, placement.currency, &unit, meta).await?;
            placement.lines = lines;
            let order = Order::place(placement.clone(), customer.as_ref()).map_err(Refusal::from)?;
            let view = OrderView::of(&order).map_err(UseCaseError::defect)?;
            unit.orders().save(order);
            match unit.commit(meta.replay_record(&view)?).await {
                Ok(()) => return Ok(view),
                // Two references were equal: only the index can find that, and another one is drawn.
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
    pub(crate) fn with_id(self, ids: &dyn IdGenerator) -> WantedLine {
        WantedLine {
            id: OrderLineId::new(ids.next_id()),
            product_id: self.product_id,
            quantity: self.quantity,
            product_name: self.product_name,
            unit_price: self.unit_price,
            stock: self.stock,
        }
    }
}

/// The requested lines as lines of an order, at the customer's prices; and the customer, if they are stored yet.
pub(crate) async fn priced(
    wanted: &[WantedLine],
    customer_id: CustomerId,
    currency: Currency,
    unit: &UnitOfWork<'_>,
    meta: &CommandMeta,
) -> Result<(Option<Customer>, Vec<OrderLine>), UseCaseError> {
    let products = wanted.iter().map(|line| line.product_id);
    let today = TodaysTerms::read(unit, customer_id, products).await?;
    let terms = today.terms(currency, meta);
    let lines = wanted.iter().map(|line| line.clone().on(&terms));
    let lines = lines.collect::<Result<_, _>>().map_err(Refusal::from)?;
    Ok((today.customer, lines))
}

fn ordering_for(named: Option<CustomerId>, meta: &CommandMeta) -> Result<CustomerId, OrderingFor> {
    let caller = meta.actor.user_id().map(CustomerId::from);
    match named {
        None => caller.ok_or(OrderingFor::Nobody),
        Some(customer_id) if Some(customer_id) == caller || meta.actor.is_staff() => Ok(customer_id),
        Some(customer_id) => Err(OrderingFor::SomebodyElse { customer_id }),
    }
}
