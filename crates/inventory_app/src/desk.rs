//! Where orders get their stock: whoever waits is decided together with the others, and has an answer of their own.
//!
//! Many orders of one hot product, each decided by itself, would be a storm of version conflicts. Here whoever finds the desk
//! free serves all who wait: the stock of all their products is loaded once, the domain decides them one after the other, and one
//! write set commits what each led to, each with its own events and its own delivery's position. There is no task behind it: a
//! visitor who is dropped while serving leaves the others waiting, and one of them serves in their stead.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use inventory_domain::{Reservation, ReservationRequest, Stock, StockOutOfStep, commit, release, reserve};
use message_bus::{
    CommandMeta, CommitError, Unavailable, UseCaseError,
    retry::{Attempt, deciding_again},
};
use shared_kernel::{IdGenerator, OrderId, ProductId, Refusal, ReservationId, events::ReservedLine};
use tokio::sync::oneshot;

use crate::{InventoryUnits, ports::ORDER_INDEX};

/// How many may wait. Who comes when the room is full is told to come again.
const ROOM: usize = 1024;
/// How many are served together.
const TOGETHER: usize = 64;
/// When another try makes sense for somebody who found the room full, in seconds.
const RETRY_AFTER_SECONDS: u32 = 1;

/// What somebody wants for an order.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    /// That these lines, as ordered, are held for it. When there are none, it has no reservation.
    Reserve(Vec<ReservedLine>),
    /// That what is held for it is free again.
    Release,
    /// That what is held for it leaves the stock.
    Commit,
}

struct Visitor {
    order_id: OrderId,
    wish: Wish,
    meta: CommandMeta,
    answer: oneshot::Sender<Result<(), UseCaseError>>,
}

/// The desk, and those who wait at it.
pub(crate) struct Desk {
    units: Arc<dyn InventoryUnits>,
    ids: Arc<dyn IdGenerator>,
    waiting: Mutex<VecDeque<Visitor>>,
    turn: tokio::sync::Mutex<()>,
}

/// Those who are being served. Whoever has no answer when this is dropped waits again, before all others.
struct Served<'a> {
    desk: &'a Desk,
    visitors: Vec<Visitor>,
}

impl Desk {
    pub(crate) fn new(units: Arc<dyn InventoryUnits>, ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            units,
            ids,
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until nobody is being served, and keeps it so until the turn is dropped.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Does what is wished for an order, together with what others wish for theirs.
    pub(crate) async fn ask(
        &self,
        order_id: OrderId,
        wish: Wish,
        meta: CommandMeta,
    ) -> Result<(), UseCaseError> {
        let (answer, mut answered) = oneshot::channel();
        self.sit_down(Visitor {
            order_id,
            wish,
            meta,
            answer,
        })?;
        loop {
            tokio::select! {
                biased;
                answer = &mut answered => {
                    return answer.unwrap_or_else(|_| Err(UseCaseError::defect("found no answer at the desk, expected one")));
                }
                _turn = self.turn() => self.serve().await,
            }
        }
    }

    fn sit_down(&self, visitor: Visitor) -> Result<(), Unavailable> {
        let mut waiting = self.waiting();
        if waiting.len() >= ROOM {
            waiting.retain(Visitor::is_there);
        }
        if waiting.len() >= ROOM {
            return Err(Unavailable::Busy {
                retry_after_seconds: RETRY_AFTER_SECONDS,
            });
        }
        waiting.push_back(visitor);
        Ok(())
    }

    /// Serves those who wait, as many as are served together.
    async fn serve(&self) {
        let mut served = Served {
            visitors: self.next_visitors(),
            desk: self,
        };
        match self.decide(&served.visitors).await {
            Ok(()) => served.answer_all(|| Ok(())),
            Err(error) if served.visitors.len() == 1 => served.answer_first(Err(error)),
            // Another process outran them time and again. They wait again, before all others.
            Err(UseCaseError::Conflict(_)) => {}
            Err(UseCaseError::Unavailable(cause))
                if !matches!(cause, Unavailable::Defect(_) | Unavailable::ValueRefused(_)) =>
            {
                served.answer_all(|| Err(cause.repeated().into()));
            }
            // One of them cannot be served: alone, they fail alone.
            Err(_) => {
                while let [visitor, ..] = &*served.visitors {
                    let alone = self.decide(std::slice::from_ref(visitor)).await;
                    served.answer_first(alone);
                }
            }
        }
    }

    /// The first who wait, each for another order, whose events so stay in their order.
    fn next_visitors(&self) -> Vec<Visitor> {
        let mut waiting = self.waiting();
        let mut orders = BTreeSet::new();
        let mut next = Vec::new();
        for visitor in mem::take(&mut *waiting).into_iter().filter(Visitor::is_there) {
            if next.len() < TOGETHER && orders.insert(visitor.order_id) {
                next.push(visitor);
            } else {
                waiting.push_back(visitor);
            }
        }
        next
    }

    async fn decide(&self, visitors: &[Visitor]) -> Result<(), UseCaseError> {
        match visitors {
            [] => Ok(()),
            [first, others @ ..] => {
                deciding_again(&first.meta, self.ids.as_ref(), || self.decide_once(first, others)).await
            }
        }
    }

    async fn decide_once(&self, first: &Visitor, others: &[Visitor]) -> Result<(), Attempt> {
        let visitors = || std::iter::once(first).chain(others);
        let mut unit = self.units.begin(first.meta.clone());
        let orders = visitors().map(|visitor| visitor.order_id).collect();
        let mut reservations = unit.reservations().of_orders(&orders).await?;
        let products = products_of(visitors(), &reservations);
        let mut stock = unit.stock().of_products(&products).await?;
        for (place, visitor) in visitors().enumerate() {
            if place > 0 {
                unit.next_command(visitor.meta.clone());
            }
            let reservation = reservations.remove(&visitor.order_id);
            let decided = self.fulfil(visitor, reservation, &mut stock);
            if let Some(reservation) = decided.map_err(Refusal::from)? {
                unit.reservations().save(reservation);
            }
        }
        for item in stock.into_values() {
            unit.stock().save(item);
        }
        unit.commit(None).await.map_err(|error| match error {
            // Another process decided one of the orders since, as the next try will see.
            CommitError::AlreadyExists { constraint } if constraint == ORDER_INDEX => {
                CommitError::VersionConflict.into()
            }
            // Whose delivery it is, is found out one by one; it is no conflict that trying again would mend.
            CommitError::AlreadyApplied | CommitError::DeliveryGap { .. } if !others.is_empty() => {
                Attempt::Failed(UseCaseError::defect(error))
            }
            error => error.into(),
        })
    }

    /// What becomes of an order's reservation; nothing, when it has none and needs none.
    fn fulfil(
        &self,
        visitor: &Visitor,
        reservation: Option<Reservation>,
        stock: &mut Stock,
    ) -> Result<Option<Reservation>, StockOutOfStep> {
        let at = visitor.meta.issued_at;
        match (&visitor.wish, reservation) {
            (Wish::Reserve(lines), None) if lines.is_empty() => Ok(None),
            (Wish::Reserve(lines), None) => {
                let request = ReservationRequest {
                    reservation_id: ReservationId::new(self.ids.next_id()),
                    order_id: visitor.order_id,
                    lines: lines.clone(),
                    at,
                };
                Ok(Some(reserve(request, stock)))
            }
            // Decided before; the answer stands.
            (Wish::Reserve(_), Some(_)) | (Wish::Release | Wish::Commit, None) => Ok(None),
            (Wish::Release, Some(mut reservation)) => {
                release(&mut reservation, stock, at)?;
                Ok(Some(reservation))
            }
            (Wish::Commit, Some(mut reservation)) => {
                commit(&mut reservation, stock, at)?;
                Ok(Some(reservation))
            }
        }
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Visitor>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visitor {
    /// Whether somebody still waits for the answer. Who gave up, comes again.
    fn is_there(&self) -> bool {
        !self.answer.is_closed()
    }
}

impl Served<'_> {
    fn answer_all(&mut self, answer: impl Fn() -> Result<(), UseCaseError>) {
        while !self.visitors.is_empty() {
            self.answer_first(answer());
        }
    }

    fn answer_first(&mut self, answer: Result<(), UseCaseError>) {
        if !self.visitors.is_empty() {
            // Nobody is there to hear it when the visitor was dropped meanwhile.
            let _ = self.visitors.remove(0).answer.send(answer);
        }
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        let mut waiting = self.desk.waiting();
        for visitor in self.visitors.drain(..).rev() {
            waiting.push_front(visitor);
        }
    }
}

/// Everything that is wished or held.
fn products_of<'a>(
    visitors: impl Iterator<Item = &'a Visitor>,
    reservations: &BTreeMap<OrderId, Reservation>,
) -> BTreeSet<ProductId> {
    let held = reservations
        .values()
        .flat_map(|reservation| &reservation.record().lines);
    let mut products: BTreeSet<ProductId> = held.map(|line| line.product_id).collect();
    for visitor in visitors {
        if let Wish::Reserve(lines) = &visitor.wish {
            products.extend(lines.iter().map(|line| line.product_id));
        }
    }
    products
}

#[cfg(test)]
mod tests;
