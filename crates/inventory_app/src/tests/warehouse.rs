//! A warehouse for tests: the context over the in-memory store, and orders from short helpers.

use std::sync::Arc;

use message_bus::{Actor, CommandMeta, Delivery, Handles, ReactsTo, UseCaseError};
use shared_kernel::{
    Clock, Currency, EventId, IdGenerator, LineStock, Money, OrderId, PageRequest, ProductId, Quantity,
    Timestamp, Version,
    events::{OrderCancelled, OrderConfirmed, OrderShipped, OrderedLine, PostalAddress, ProductListed},
    in_memory::{CountingIds, ManualClock},
};

use crate::{
    AdjustStock, AdjustmentView, Inventory, InventoryStore, ReservationView, in_memory::InMemoryInventory,
};

/// The context, its store, and the sources that it draws from.
pub(crate) struct Warehouse {
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) store: Arc<InMemoryInventory>,
    pub(crate) clock: ManualClock,
    pub(crate) ids: Arc<CountingIds>,
}

/// All of a page.
pub(crate) const fn everything<P>() -> PageRequest<P> {
    PageRequest {
        limit: 100,
        after: None,
    }
}

/// The code of a refusal; anything else is not what the test expected.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

impl Warehouse {
    pub(crate) fn new() -> Self {
        Self::with_store(|store| store)
    }

    /// A warehouse over another store, which may pass calls on to this one.
    pub(crate) fn with_store(over: impl FnOnce(Arc<InMemoryInventory>) -> Arc<dyn InventoryStore>) -> Self {
        let ids = Arc::new(CountingIds::default());
        let store = Arc::<InMemoryInventory>::default();
        let inventory = Inventory::new(over(Arc::clone(&store)), Arc::clone(&ids) as Arc<dyn IdGenerator>);
        Self {
            inventory: Arc::new(inventory),
            store,
            clock: ManualClock::default(),
            ids,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn meta(&self) -> CommandMeta {
        CommandMeta::new(Actor::Operator, self.now(), self.ids.as_ref())
    }

    /// The meta of a reaction to version `version` of an order, whose event before it was `previous`.
    pub(crate) fn reacting(&self, order_id: OrderId, version: u32, previous: u32) -> CommandMeta {
        let consumer = "inventory.orders";
        CommandMeta {
            actor: Actor::Consumer(consumer),
            delivery: Some(Delivery {
                consumer,
                event_id: EventId::new(self.ids.next_id()),
                aggregate_id: order_id.uuid(),
                version: Version::new(version),
                previous_version: Version::new(previous),
            }),
            ..self.meta()
        }
    }

    /// A product of which there is so much.
    pub(crate) async fn product(&self, on_hand: u32) -> ProductId {
        let product_id = ProductId::new(self.ids.next_id());
        self.list(product_id).await;
        if on_hand > 0 {
            self.adjust(product_id, i64::from(on_hand)).await.unwrap();
        }
        product_id
    }

    pub(crate) async fn list(&self, product_id: ProductId) {
        let event = ProductListed {
            product_id,
            sku: "POT-1".to_owned(),
            name: "Teapot".to_owned(),
            unit_price: Money::parse("19.99", Currency::Usd).unwrap(),
        };
        self.inventory.react(event, self.meta()).await.unwrap();
    }

    pub(crate) async fn adjust(
        &self,
        product_id: ProductId,
        delta: i64,
    ) -> Result<AdjustmentView, UseCaseError> {
        let command = AdjustStock {
            product_id,
            delta,
            reason: "a delivery came in".to_owned(),
            expected_on_hand: None,
        };
        self.inventory.send(command, self.meta()).await
    }

    pub(crate) fn new_order(&self) -> OrderId {
        OrderId::new(self.ids.next_id())
    }

    /// Reacts to the confirmation of an order with these lines.
    pub(crate) async fn confirm(
        &self,
        order_id: OrderId,
        lines: &[(ProductId, i64)],
    ) -> Result<(), UseCaseError> {
        let event = confirmed(order_id, lines);
        self.inventory.react(event, self.reacting(order_id, 2, 0)).await
    }

    /// Reacts to the confirmation of an order with these lines, and with a fee, which needs no stock.
    pub(crate) async fn confirm_with_a_fee(
        &self,
        order_id: OrderId,
        lines: &[(ProductId, i64)],
    ) -> Result<(), UseCaseError> {
        let mut event = confirmed(order_id, lines);
        let fee = confirmed(order_id, &[(ProductId::new(self.ids.next_id()), 1)]).lines;
        event.lines.extend(fee.into_iter().map(|line| OrderedLine {
            stock: LineStock::NotAsked,
            ..line
        }));
        self.inventory.react(event, self.reacting(order_id, 2, 0)).await
    }

    /// Reacts to the cancellation of an order that was confirmed.
    pub(crate) async fn cancel(&self, order_id: OrderId) -> Result<(), UseCaseError> {
        let event = OrderCancelled {
            order_id,
            reference: "7K3M-9QXD".to_owned(),
            customer_id: ada(),
            code: Some("on_request".to_owned()),
            reason: "requested".to_owned(),
            shortages: Vec::new(),
        };
        self.inventory.react(event, self.reacting(order_id, 3, 2)).await
    }

    /// Reacts to the shipping of an order that was confirmed.
    pub(crate) async fn ship(&self, order_id: OrderId) -> Result<(), UseCaseError> {
        let event = OrderShipped {
            order_id,
            reference: "7K3M-9QXD".to_owned(),
            customer_id: ada(),
            carrier: "Royal Mail".to_owned(),
            tracking_number: "RM123456789GB".to_owned(),
        };
        self.inventory.react(event, self.reacting(order_id, 4, 2)).await
    }

    /// What is on hand of a product, and what is reserved.
    pub(crate) async fn numbers(&self, product_id: ProductId) -> (u32, u32) {
        let item = self.inventory.stock_item(product_id).await.unwrap();
        (item.on_hand, item.reserved)
    }

    pub(crate) async fn reservation(&self, order_id: OrderId) -> Option<ReservationView> {
        let page = self.inventory.reservations(Some(order_id), everything()).await;
        page.unwrap().data.pop()
    }

    pub(crate) async fn state_of(&self, order_id: OrderId) -> Option<String> {
        Some(self.reservation(order_id).await?.state)
    }

    /// The deltas of a product's ledger, newest first.
    pub(crate) async fn deltas(&self, product_id: ProductId) -> Vec<i64> {
        let page = self.inventory.ledger(product_id, everything()).await.unwrap();
        page.data.iter().map(|entry| entry.delta).collect()
    }

    /// Checks that the doctor's own check finds nothing.
    pub(crate) async fn agrees(&self) {
        assert_eq!(self.inventory.drifted(100).await.unwrap(), []);
    }
}

fn ada() -> shared_kernel::CustomerId {
    "0197b2c4-6d00-7000-8000-00000000000a".parse().unwrap()
}

pub(crate) fn confirmed(order_id: OrderId, lines: &[(ProductId, i64)]) -> OrderConfirmed {
    let line = |(product_id, quantity): &(ProductId, i64)| OrderedLine {
        product_id: *product_id,
        product_name: "Teapot".to_owned(),
        quantity: Quantity::new(*quantity).unwrap(),
        unit_price: Money::zero(Currency::Usd),
        stock: LineStock::Asked,
    };
    OrderConfirmed {
        order_id,
        reference: "7K3M-9QXD".to_owned(),
        customer_id: ada(),
        currency: Currency::Usd,
        total: Money::zero(Currency::Usd),
        lines: lines.iter().map(line).collect(),
        shipping_address: PostalAddress {
            street: String::new(),
            city: String::new(),
            state: String::new(),
            postal_code: "SW1Y 4JH".to_owned(),
            country: "GB".to_owned(),
        },
    }
}
