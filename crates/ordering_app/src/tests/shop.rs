//! A shop for tests: the context over the in-memory store, and helpers for customers and orders.

use std::sync::Arc;

use message_bus::{Actor, Command, CommandMeta, Delivery, Handles, ReactsTo, UseCaseError};
use shared_kernel::{
    Clock, Currency, EventId, IdGenerator, IntegrationEvent, LineStock, Money, OrderId, ProductId, Quantity,
    ReservationId, Role, UserId, Version,
    events::{
        ProductListed, Shortage, StockReservationRejected, StockReserved, UserAccountCreated, UserDeactivated,
    },
    in_memory::{CountingIds, ManualClock},
};

use uuid::Uuid;

use crate::{
    AddressGiven, CancelOrder, ConfirmOrder, LineToOrder, OrderView, Ordering, OrderingStore, PlaceOrder,
    ShipOrder, in_memory::InMemoryOrdering,
};

/// The context, its store, and the sources that it draws from.
pub(super) struct Shop {
    pub(super) ordering: Arc<Ordering>,
    pub(super) store: Arc<InMemoryOrdering>,
    pub(super) clock: ManualClock,
    pub(super) ids: Arc<CountingIds>,
}

pub(super) fn ada() -> UserId {
    "0197b2c4-6d00-7000-8000-00000000000a".parse().unwrap()
}

pub(super) fn bob() -> UserId {
    "0197b2c4-6d00-7000-8000-00000000000b".parse().unwrap()
}

pub(super) const fn customer(id: UserId) -> Actor {
    Actor::User {
        id,
        role: Role::Customer,
    }
}

pub(super) fn staff() -> Actor {
    let id = "0197b2c4-6d00-7000-8000-00000000000c".parse().unwrap();
    Actor::User {
        id,
        role: Role::Staff,
    }
}

pub(super) fn usd(amount: &str) -> Money {
    Money::parse(amount, Currency::Usd).unwrap()
}

/// A line of the teapot that has this list price. There is one at each price.
pub(super) fn a_line(unit_price: &str, quantity: i64) -> LineToOrder {
    LineToOrder {
        product_id: teapot_at(usd(unit_price)),
        quantity: Quantity::new(quantity).unwrap(),
        product_name: None,
        unit_price: None,
        stock: LineStock::Asked,
    }
}

pub(super) fn teapot_at(price: Money) -> ProductId {
    let cents = u128::try_from(price.minor_units()).unwrap();
    ProductId::new(Uuid::from_u128(TEAPOTS + cents))
}

/// The id of the teapot that costs nothing; the others count up from it.
const TEAPOTS: u128 = 0x0197_b2c4_6d00_7000_8000_0001_0000_0000;

pub(super) fn an_order(lines: Vec<LineToOrder>) -> PlaceOrder {
    PlaceOrder {
        currency: Currency::Usd,
        lines,
        customer_id: None,
    }
}

pub(super) fn to_london() -> AddressGiven {
    AddressGiven {
        street: "12 St James Square".to_owned(),
        city: "London".to_owned(),
        state: String::new(),
        postal_code: "SW1Y 4JH".to_owned(),
        country: "GB".to_owned(),
    }
}

/// How Ada's account begins.
pub(super) fn account() -> UserAccountCreated {
    UserAccountCreated {
        user_id: ada(),
        email: "ada@example.com".parse().unwrap(),
    }
}

pub(super) fn deactivated() -> UserDeactivated {
    UserDeactivated { user_id: ada() }
}

/// Cancels an order without a word why.
pub(super) const fn cancelling(order_id: OrderId) -> CancelOrder {
    CancelOrder {
        order_id,
        reason: None,
    }
}

/// The code of a refusal; anything else is not what the test expected.
pub(super) fn code(result: Result<OrderView, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

impl Shop {
    pub(super) fn new() -> Self {
        Self::with_store(|store| store)
    }

    /// A shop over another store, which may pass calls on to this one.
    pub(super) fn with_store(over: impl FnOnce(Arc<InMemoryOrdering>) -> Arc<dyn OrderingStore>) -> Self {
        let ids = Arc::new(CountingIds::default());
        Self::drawing_from(Arc::clone(&ids) as Arc<dyn IdGenerator>, ids, over)
    }

    /// A shop that draws ids from one source while its tests draw theirs from another.
    pub(super) fn drawing_from(
        source: Arc<dyn IdGenerator>,
        ids: Arc<CountingIds>,
        over: impl FnOnce(Arc<InMemoryOrdering>) -> Arc<dyn OrderingStore>,
    ) -> Self {
        let store = Arc::<InMemoryOrdering>::default();
        let ordering = Ordering::new(over(Arc::clone(&store)), source);
        Self {
            ordering: Arc::new(ordering),
            store,
            clock: ManualClock::default(),
            ids,
        }
    }

    pub(super) async fn send<C: Command>(&self, command: C, actor: Actor) -> Result<C::Output, UseCaseError>
    where
        Ordering: Handles<C>,
    {
        self.ordering.send(command, self.meta(actor)).await
    }

    pub(super) fn meta(&self, actor: Actor) -> CommandMeta {
        CommandMeta::new(actor, self.clock.now(), self.ids.as_ref())
    }

    /// Version `version` of Ada's account is this event.
    pub(super) async fn hears<E: IntegrationEvent>(&self, version: u32, event: E)
    where
        Ordering: ReactsTo<E>,
    {
        let meta = self.reacting(ada(), version);
        self.ordering.react(event, meta).await.unwrap();
    }

    /// The meta of a reaction to version `version` of a user, whose events before it were all taken.
    pub(super) fn reacting(&self, user_id: UserId, version: u32) -> CommandMeta {
        let delivery = Delivery {
            consumer: "ordering.users",
            event_id: EventId::new(self.ids.next_id()),
            aggregate_id: user_id.uuid(),
            version: Version::new(version),
            previous_version: Version::new(version - 1),
        };
        CommandMeta {
            delivery: Some(delivery),
            ..self.meta(Actor::Consumer("ordering.users"))
        }
    }

    /// Puts the teapots of these lines on the price list.
    pub(super) async fn list_teapots(&self, lines: &[LineToOrder]) {
        for line in lines {
            let cents = line.product_id.uuid().as_u128() - TEAPOTS;
            let listed = ProductListed {
                product_id: line.product_id,
                sku: format!("POT-{cents}"),
                name: "Teapot".to_owned(),
                unit_price: Money::from_minor_units(i64::try_from(cents).unwrap(), Currency::Usd).unwrap(),
            };
            // Past the shop's own store, which a test may have made to fail.
            let beside = Ordering::new(self.store.clone(), self.ids.clone());
            let meta = self.meta(Actor::Consumer("ordering.products"));
            beside.react(listed, meta).await.unwrap();
        }
    }

    /// An order of teapots, which are put on the price list before.
    pub(super) async fn placed(&self, actor: Actor, lines: Vec<LineToOrder>) -> OrderView {
        self.list_teapots(&lines).await;
        self.ordering
            .send(an_order(lines), self.meta(actor))
            .await
            .unwrap()
    }

    /// An order of Ada's, confirmed.
    pub(super) async fn confirmed(&self) -> OrderView {
        let order = self.placed(customer(ada()), vec![a_line("19.99", 2)]).await;
        self.confirm(order.id).await.unwrap()
    }

    pub(super) async fn confirm(&self, order_id: OrderId) -> Result<OrderView, UseCaseError> {
        let command = ConfirmOrder {
            order_id,
            shipping_address: to_london(),
        };
        self.send(command, customer(ada())).await
    }

    /// Inventory reserves stock for the order.
    pub(super) async fn stock_is_reserved(&self, order_id: OrderId) -> Result<(), UseCaseError> {
        let event = StockReserved {
            order_id,
            reservation_id: ReservationId::new(order_id.uuid()),
            lines: Vec::new(),
        };
        self.ordering.react(event, self.hearing_of_stock(order_id)).await
    }

    /// Inventory rejects the order.
    pub(super) async fn stock_is_short(
        &self,
        order_id: OrderId,
        shortages: Vec<Shortage>,
    ) -> Result<(), UseCaseError> {
        let event = StockReservationRejected { order_id, shortages };
        self.ordering.react(event, self.hearing_of_stock(order_id)).await
    }

    /// The meta of a reaction to the first event of the order's reservation.
    pub(super) fn hearing_of_stock(&self, order_id: OrderId) -> CommandMeta {
        let delivery = Delivery {
            consumer: "ordering.reservations",
            event_id: EventId::new(self.ids.next_id()),
            aggregate_id: order_id.uuid(),
            version: Version::FIRST,
            previous_version: Version::NEVER_STORED,
        };
        CommandMeta {
            delivery: Some(delivery),
            ..self.meta(Actor::Consumer("ordering.reservations"))
        }
    }

    /// The meta of a reaction to the release of the order's reservation, which has a consumer of its own.
    pub(super) fn hearing_of_release(&self, order_id: OrderId) -> CommandMeta {
        let meta = self.hearing_of_stock(order_id);
        let delivery = meta.delivery.map(|delivery| Delivery {
            consumer: "ordering.releases",
            version: Version::FIRST.next(),
            ..delivery
        });
        CommandMeta { delivery, ..meta }
    }

    pub(super) async fn ship(&self, order_id: OrderId) -> Result<OrderView, UseCaseError> {
        let command = ShipOrder {
            order_id,
            carrier: "Royal Mail".to_owned(),
            tracking_number: "RM123456789GB".to_owned(),
        };
        self.send(command, staff()).await
    }

    /// The types of the events that were logged about an order or a customer, oldest first.
    pub(super) fn events_of(&self, id: impl ToString) -> Vec<String> {
        let id = id.to_string();
        let about_it = self.store.events().into_iter();
        let about_it = about_it.filter(|event| event.aggregate_id.to_string() == id);
        about_it.map(|event| event.event_type).collect()
    }
}
