//! Whether ordering and inventory agree: a confirmed order without deliveries under way on either side is reserved exactly when its
//! reservation is held.
//!
//! The two share no snapshot, so a difference is checked again, and reported only when neither side has moved.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use inventory_app::{Inventory, ReservationStatus};
use message_bus::{Actor, Unavailable, UseCaseError};
use operations::{
    ConsumerDescription, ContextInvariants, InvariantCheck,
    invariants::{Finding, MOST_FINDINGS, Taken, doctor::Invariant, told_of},
};
use ordering_app::{OrderFilter, OrderView, Ordering};
use shared_kernel::{OrderId, PageRequest};
use uuid::Uuid;

/// Orders, or reservations, that are checked together.
const PAGE: u32 = 1_000;

/// The check, over both contexts.
pub(crate) struct OrderReservationCheck {
    pub(crate) ordering: Arc<Ordering>,
    pub(crate) inventory: Arc<Inventory>,
    /// Every context's database.
    pub(crate) contexts: Vec<Arc<dyn ContextInvariants>>,
    /// Which consumers take which events.
    pub(crate) subscriptions: Vec<ConsumerDescription>,
}

/// Both sides of one order.
struct Pair {
    order: Option<OrderView>,
    reservation: Option<ReservationStatus>,
}

#[async_trait]
impl InvariantCheck for OrderReservationCheck {
    fn invariant(&self) -> Invariant {
        Invariant::Agreement
    }

    fn at(&self) -> &'static str {
        "ordering, inventory"
    }

    async fn findings(&self) -> Result<Vec<Finding>, Unavailable> {
        let mut findings = Vec::new();
        let confirmed = self.look_at_confirmed_orders(&mut findings).await?;
        self.look_at_held_reservations(&confirmed, &mut findings).await?;
        findings.truncate(MOST_FINDINGS);
        Ok(findings)
    }
}

impl OrderReservationCheck {
    /// The ids of those that are confirmed.
    async fn look_at_confirmed_orders(
        &self,
        findings: &mut Vec<Finding>,
    ) -> Result<HashSet<OrderId>, Unavailable> {
        let mut confirmed = HashSet::new();
        let mut after = None;
        loop {
            let filter = OrderFilter {
                status: Some("confirmed".to_owned()),
                ..OrderFilter::default()
            };
            let page = PageRequest { limit: PAGE, after };
            let page = self.ordering.orders(filter, page, &Actor::Operator).await;
            let page = page.map_err(unavailable)?;
            let ids: BTreeSet<OrderId> = page.data.iter().map(|order| order.id).collect();
            let mut reservations = self.inventory.status_of(&ids).await.map_err(unavailable)?;
            for order in page.data {
                confirmed.insert(order.id);
                let pair = Pair {
                    reservation: reservations.remove(&order.id),
                    order: Some(order),
                };
                self.tell_if_it_stays(&pair, findings).await?;
            }
            after = page.next;
            if after.is_none() || findings.len() >= MOST_FINDINGS {
                return Ok(confirmed);
            }
        }
    }

    /// A held reservation must have a confirmed order; orders that were checked are left out.
    async fn look_at_held_reservations(
        &self,
        seen: &HashSet<OrderId>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Unavailable> {
        let mut after = None;
        loop {
            let page = PageRequest { limit: PAGE, after };
            let page = self.inventory.held(page).await.map_err(unavailable)?;
            for reservation in page.data {
                if !seen.contains(&reservation.order_id) {
                    let pair = self.read(reservation.order_id).await?;
                    self.tell_if_it_stays(&pair, findings).await?;
                }
            }
            after = page.next;
            if after.is_none() || findings.len() >= MOST_FINDINGS {
                return Ok(());
            }
        }
    }

    async fn tell_if_it_stays(&self, pair: &Pair, findings: &mut Vec<Finding>) -> Result<(), Unavailable> {
        if pair.agrees() || self.is_something_under_way(pair).await? {
            return Ok(());
        }
        let Some(order_id) = pair.order_id() else {
            return Ok(());
        };
        let again = self.read(order_id).await?;
        if again.versions() == pair.versions() {
            findings.push(pair.finding(order_id));
        }
        Ok(())
    }

    async fn read(&self, order_id: OrderId) -> Result<Pair, Unavailable> {
        let order = match self.ordering.order(order_id, &Actor::Operator).await {
            Ok(order) => Some(order),
            Err(UseCaseError::NotFound(_)) => None,
            Err(error) => return Err(unavailable(error)),
        };
        let reservations = self.inventory.status_of(&BTreeSet::from([order_id])).await;
        let reservation = reservations.map_err(unavailable)?.remove(&order_id);
        Ok(Pair { order, reservation })
    }

    /// Whether an event from one side to the other is unpublished, or its delivery not finished.
    async fn is_something_under_way(&self, pair: &Pair) -> Result<bool, Unavailable> {
        let order = pair
            .order
            .as_ref()
            .map(|order| ("ordering", "inventory", order.id.uuid()));
        let reservation = pair.reservation.as_ref();
        let reservation =
            reservation.map(|reservation| ("inventory", "ordering", reservation.reservation_id.uuid()));
        for (source, own, aggregate_id) in order.into_iter().chain(reservation) {
            for subscription in &self.subscriptions {
                if subscription.source == source
                    && subscription.context == own
                    && self.is_under_way(subscription, aggregate_id).await?
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn is_under_way(
        &self,
        subscription: &ConsumerDescription,
        aggregate_id: Uuid,
    ) -> Result<bool, Unavailable> {
        let context = |name: &str| self.contexts.iter().find(|context| context.context() == name);
        let (Some(own), Some(source)) = (context(subscription.context), context(subscription.source)) else {
            return Ok(false);
        };
        let taken = Taken {
            event_types: subscription
                .event_types
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
            begins_after: 0,
        };
        // The log is read first: its events are pending or applied by the time that the rest is read.
        let told = told_of(&**source, &taken, aggregate_id).await?;
        let unpublished = told.is_some_and(|told| told.last_published < told.last);
        let held = own.pending_versions(subscription.consumer, aggregate_id).await?;
        Ok(unpublished || !held.is_empty())
    }
}

impl Pair {
    fn order_id(&self) -> Option<OrderId> {
        let reservation = self.reservation.as_ref().map(|reservation| reservation.order_id);
        self.order.as_ref().map(|order| order.id).or(reservation)
    }

    fn versions(&self) -> impl PartialEq {
        (
            self.order.as_ref().map(|order| order.version),
            self.reservation.as_ref().map(|reservation| reservation.version),
        )
    }

    /// The order's status, and the state of its stock.
    fn order_stands(&self) -> (&str, &str) {
        self.order
            .as_ref()
            .map_or(("absent", "none"), |order| (&order.status, &order.allocation))
    }

    fn reservation_stands(&self) -> &str {
        self.reservation
            .as_ref()
            .map_or("absent", |reservation| &reservation.state)
    }

    fn agrees(&self) -> bool {
        match (self.order_stands(), self.reservation_stands()) {
            // Not confirmed, or before there was an inventory context, or no line asks for stock.
            (("confirmed" | "shipped" | "delivered", "none") | ("pending" | "cancelled", _), "absent") => {
                true
            }
            (("confirmed", "reserved"), "held") => true,
            (("shipped" | "delivered", _), "committed") => true,
            // None: for some orders that were cancelled before inventory had answered, an earlier version did not record the answer.
            (("cancelled", "released" | "none"), "released") => true,
            (("cancelled", "rejected" | "none"), "rejected") => true,
            _ => false,
        }
    }

    fn finding(&self, order_id: OrderId) -> Finding {
        let (status, allocation) = self.order_stands();
        Finding {
            subject: format!("order {order_id}"),
            detail: format!(
                "found it {status} with its stock {allocation}, and its reservation {}, with nothing under way; expected them to agree",
                self.reservation_stands()
            ),
        }
    }
}

/// No rule refuses a read; what else can fail is that a database does not answer.
fn unavailable(error: UseCaseError) -> Unavailable {
    match error {
        UseCaseError::Unavailable(unavailable) => unavailable,
        other => Unavailable::defect(other),
    }
}
