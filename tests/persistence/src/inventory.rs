//! What every store of inventory does.

mod conserving;
mod drifting;
mod reservations;
mod stock;
mod together;

use std::{collections::BTreeSet, sync::Arc};

use inventory_app::{Inventory, ReservationView, StockItemView, UnitOfWork};
use inventory_domain::{ChangedBy, Reservation, ReservationRequest, Stock, StockItem};
use message_bus::{CommandMeta, CommitError, ReactsTo, UseCaseError};
use shared_kernel::{
    Currency, CustomerId, LineStock, Money, OrderId, PageRequest, ProductId, Quantity, ReservationId,
    events::{OrderCancelled, OrderConfirmed, OrderShipped, OrderedLine, PostalAddress, ReservedLine},
};

use crate::stores::On;

/// Inventory on some engine.
pub(crate) type InventoryStore = On<dyn inventory_app::InventoryStore>;

/// As much of a list as goes on a page.
pub(crate) const fn everything<P>() -> PageRequest<P> {
    PageRequest {
        limit: 100,
        after: None,
    }
}

impl InventoryStore {
    /// The context over this store, as in a process of its own.
    pub(crate) fn face(&self) -> Inventory {
        Inventory::new(Arc::clone(&self.port), self.seams.ids())
    }

    pub(crate) fn begin(&self, meta: CommandMeta) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.port.as_ref(), self.seams.source_of_ids(), meta)
    }

    /// A product of which there is so much.
    async fn product(&self, on_hand: u32) -> ProductId {
        let product_id = ProductId::new(self.seams.next_id());
        let mut item = StockItem::open(product_id);
        if on_hand > 0 {
            item.adjust(
                i64::from(on_hand),
                "counted in".to_owned(),
                None,
                self.by(),
                self.seams.now(),
            )
            .unwrap();
        }
        let mut unit = self.begin(self.seams.meta());
        unit.stock().save(item);
        unit.commit(None).await.unwrap();
        product_id
    }

    fn by(&self) -> ChangedBy {
        ChangedBy::Actor(self.seams.meta().actor.to_string())
    }

    fn order(&self) -> OrderId {
        OrderId::new(self.seams.next_id())
    }

    fn request(&self, order_id: OrderId, lines: &[(ProductId, u32)]) -> ReservationRequest {
        let line = |(product_id, quantity): &(ProductId, u32)| ReservedLine {
            product_id: *product_id,
            quantity: *quantity,
        };
        ReservationRequest {
            reservation_id: ReservationId::new(self.seams.next_id()),
            order_id,
            lines: lines.iter().map(line).collect(),
            at: self.seams.now(),
        }
    }

    /// Decides about an order and these products, and saves the result.
    async fn decide(
        &self,
        order_id: OrderId,
        products: &[ProductId],
        decide: impl FnOnce(Option<Reservation>, &mut Stock) -> Reservation,
    ) -> Result<(), CommitError> {
        let mut unit = self.begin(self.seams.meta());
        let mut stock = unit
            .stock()
            .of_products(&products.iter().copied().collect())
            .await?;
        let mut stored = unit.reservations().of_orders(&[order_id].into()).await?;
        let reservation = decide(stored.remove(&order_id), &mut stock);
        for item in stock.into_values() {
            unit.stock().save(item);
        }
        unit.reservations().save(reservation);
        unit.commit(None).await
    }

    async fn load(&self, product_id: ProductId) -> Option<StockItem> {
        let mut unit = self.begin(self.seams.meta());
        let mut stock = unit.stock().of_products(&[product_id].into()).await.unwrap();
        stock.remove(&product_id)
    }

    async fn save(&self, item: StockItem) -> Result<(), CommitError> {
        let mut unit = self.begin(self.seams.meta());
        unit.stock().save(item);
        unit.commit(None).await
    }

    async fn item(&self, product_id: ProductId) -> StockItemView {
        self.face().stock_item(product_id).await.unwrap()
    }

    /// What is on hand of a product, and what is reserved.
    async fn numbers(&self, product_id: ProductId) -> (u32, u32) {
        let item = self.item(product_id).await;
        (item.on_hand, item.reserved)
    }

    async fn reservation(&self, order_id: OrderId) -> Option<ReservationView> {
        let page = self.face().reservations(Some(order_id), everything()).await;
        page.unwrap().data.pop()
    }

    async fn states(&self, orders: impl IntoIterator<Item = OrderId>) -> Vec<String> {
        let orders: BTreeSet<_> = orders.into_iter().collect();
        let status = self.face().status_of(&orders).await.unwrap();
        status.into_values().map(|status| status.state).collect()
    }

    async fn agrees(&self) {
        assert_eq!(self.port.drifted(10).await.unwrap(), []);
    }

    /// The meta of a reaction to an order's version, of which the consumer takes the second and one later.
    fn reacting(&self, order_id: OrderId, version: u32, previous: u32) -> CommandMeta {
        self.seams.reacting(order_id.uuid(), version, previous)
    }

    async fn confirm(
        &self,
        face: &Inventory,
        order_id: OrderId,
        lines: &[(ProductId, u32)],
    ) -> Result<(), UseCaseError> {
        face.react(confirmed(order_id, lines), self.reacting(order_id, 2, 0))
            .await
    }

    async fn cancel(&self, face: &Inventory, order_id: OrderId) -> Result<(), UseCaseError> {
        let event = OrderCancelled {
            order_id,
            reference: "7K3M-9QXD".to_owned(),
            customer_id: customer(),
            code: Some("on_request".to_owned()),
            reason: "requested".to_owned(),
            shortages: Vec::new(),
        };
        face.react(event, self.reacting(order_id, 3, 2)).await
    }

    async fn ship(&self, face: &Inventory, order_id: OrderId) -> Result<(), UseCaseError> {
        let event = OrderShipped {
            order_id,
            reference: "7K3M-9QXD".to_owned(),
            customer_id: customer(),
            carrier: "Royal Mail".to_owned(),
            tracking_number: "RM123456789GB".to_owned(),
        };
        face.react(event, self.reacting(order_id, 3, 2)).await
    }
}

fn customer() -> CustomerId {
    "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap()
}

fn confirmed(order_id: OrderId, lines: &[(ProductId, u32)]) -> OrderConfirmed {
    let line = |(product_id, quantity): &(ProductId, u32)| OrderedLine {
        product_id: *product_id,
        product_name: "Teapot".to_owned(),
        quantity: Quantity::new(i64::from(*quantity)).unwrap(),
        unit_price: Money::zero(Currency::Usd),
        stock: LineStock::Asked,
    };
    OrderConfirmed {
        order_id,
        reference: "7K3M-9QXD".to_owned(),
        customer_id: customer(),
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
