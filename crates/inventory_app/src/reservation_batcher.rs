//! Requests for the stock of orders are decided in batches, and each gets an answer of its own.
//!
//! If many orders of one product were each decided alone, most would fail with version conflicts. So requests are queued, and one
//! of the callers decides a batch for all: it loads the stock of all their products once, the domain decides one request after the
//! other, and one write set commits what each led to, each with its own events and its own delivery's position. No task runs behind
//! it: when the caller that decides a batch is dropped, the others' requests go back to the queue, and another caller decides them.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use inventory_domain::{Reservation, ReservationRequest, Stock, StockError, fulfil, release, reserve};
use message_bus::{
    CommandMeta, CommitError, Unavailable, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{IdGenerator, OrderId, ProductId, Refusal, ReservationId, events::ReservedLine};
use tokio::sync::oneshot;

use crate::{InventoryStore, UnitOfWork, store::ORDER_INDEX};

/// How many requests may be queued. One more is refused, and its caller has to try again.
const CAPACITY: usize = 1024;
/// How many requests are decided together.
const BATCH_SIZE: usize = 64;
/// After how many seconds a caller that found the queue full should try again.
const RETRY_AFTER_SECONDS: u32 = 1;

/// What is asked for about an order's stock.
#[derive(Clone, Debug)]
pub(crate) enum StockRequest {
    /// Reserve these lines, as ordered. When there are none, the order has no reservation.
    Reserve(Vec<ReservedLine>),
    /// Free what is reserved for it.
    Release,
    /// Take what is reserved for it out of stock.
    Fulfil,
}

struct PendingRequest {
    order_id: OrderId,
    request: StockRequest,
    meta: CommandMeta,
    answer: oneshot::Sender<Result<(), UseCaseError>>,
}

/// Decides requests in batches, one batch at a time.
pub(crate) struct ReservationBatcher {
    store: Arc<dyn InventoryStore>,
    ids: Arc<dyn IdGenerator>,
    queue: Mutex<VecDeque<PendingRequest>>,
    turn: tokio::sync::Mutex<()>,
}

/// The requests that are being decided. Those without an answer go back to the head of the queue when this is dropped.
struct Batch<'a> {
    batcher: &'a ReservationBatcher,
    requests: Vec<PendingRequest>,
}

impl ReservationBatcher {
    pub(crate) fn new(store: Arc<dyn InventoryStore>, ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            store,
            ids,
            queue: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until no batch is being decided. None is decided until the turn is dropped.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Decides a request, together with others.
    pub(crate) async fn submit(
        &self,
        order_id: OrderId,
        request: StockRequest,
        meta: CommandMeta,
    ) -> Result<(), UseCaseError> {
        let (answer, mut answered) = oneshot::channel();
        self.enqueue(PendingRequest {
            order_id,
            request,
            meta,
            answer,
        })?;
        loop {
            tokio::select! {
                biased;
                answer = &mut answered => {
                    return answer.unwrap_or_else(|_| {
                        Err(UseCaseError::defect("found a request for stock without an answer, expected one"))
                    });
                }
                _turn = self.turn() => self.process_batch().await,
            }
        }
    }

    fn enqueue(&self, request: PendingRequest) -> Result<(), Unavailable> {
        let mut queue = self.queue();
        if queue.len() >= CAPACITY {
            queue.retain(PendingRequest::is_awaited);
        }
        if queue.len() >= CAPACITY {
            return Err(Unavailable::Busy {
                retry_after_seconds: RETRY_AFTER_SECONDS,
            });
        }
        queue.push_back(request);
        Ok(())
    }

    /// Decides and answers the next batch.
    async fn process_batch(&self) {
        let mut batch = Batch {
            requests: self.next_requests(),
            batcher: self,
        };
        match self.decide(&batch.requests).await {
            Ok(()) => batch.answer_all(|| Ok(())),
            Err(error) if batch.requests.len() == 1 => batch.answer_first(Err(error)),
            // Another process committed first each time. The requests go back to the head of the queue.
            Err(UseCaseError::Conflict(_)) => {}
            Err(UseCaseError::Unavailable(cause))
                if !matches!(cause, Unavailable::Defect(_) | Unavailable::ValueRefused(_)) =>
            {
                batch.answer_all(|| Err(cause.repeated().into()));
            }
            // One of them fails: decided one by one, the others do not fail with it.
            Err(_) => {
                while let [request, ..] = &*batch.requests {
                    let alone = self.decide(std::slice::from_ref(request)).await;
                    batch.answer_first(alone);
                }
            }
        }
    }

    /// The first requests of the queue, each for another order, so that an order's events stay in their order.
    fn next_requests(&self) -> Vec<PendingRequest> {
        let mut queue = self.queue();
        let mut orders = BTreeSet::new();
        let mut next = Vec::new();
        let awaited = mem::take(&mut *queue)
            .into_iter()
            .filter(PendingRequest::is_awaited);
        for request in awaited {
            if next.len() < BATCH_SIZE && orders.insert(request.order_id) {
                next.push(request);
            } else {
                queue.push_back(request);
            }
        }
        next
    }

    async fn decide(&self, requests: &[PendingRequest]) -> Result<(), UseCaseError> {
        match requests {
            [] => Ok(()),
            [first, others @ ..] => {
                retry_on_conflict(&first.meta, self.ids.as_ref(), || self.decide_once(first, others)).await
            }
        }
    }

    async fn decide_once(
        &self,
        first: &PendingRequest,
        others: &[PendingRequest],
    ) -> Result<(), UseCaseFailure> {
        let requests = || std::iter::once(first).chain(others);
        let mut unit = UnitOfWork::begin(self.store.as_ref(), self.ids.as_ref(), first.meta.clone());
        let orders = requests().map(|request| request.order_id).collect();
        let mut reservations = unit.reservations().of_orders(&orders).await?;
        let products = products_of(requests(), &reservations);
        let mut stock = unit.stock().of_products(&products).await?;
        for (place, request) in requests().enumerate() {
            if place > 0 {
                unit.next_command(request.meta.clone());
            }
            let reservation = reservations.remove(&request.order_id);
            let decided = self.decide_one(request, reservation, &mut stock);
            if let Some(reservation) = decided.map_err(Refusal::from)? {
                unit.reservations().save(reservation);
            }
        }
        for item in stock.into_values() {
            unit.stock().save(item);
        }
        unit.commit(None).await.map_err(|error| match error {
            // Another process has decided one of the orders since. The next try finds its reservation.
            CommitError::AlreadyExists { constraint } if constraint == ORDER_INDEX => {
                CommitError::VersionConflict.into()
            }
            // Trying again would fail again. The requests are decided one by one, so that only the one whose
            // delivery it is fails.
            CommitError::AlreadyApplied | CommitError::DeliveryGap { .. } if !others.is_empty() => {
                UseCaseFailure::Failed(UseCaseError::defect(error))
            }
            error => error.into(),
        })
    }

    /// The order's new reservation; nothing, when it has none and needs none.
    fn decide_one(
        &self,
        pending: &PendingRequest,
        reservation: Option<Reservation>,
        stock: &mut Stock,
    ) -> Result<Option<Reservation>, StockError> {
        let at = pending.meta.issued_at;
        match (&pending.request, reservation) {
            (StockRequest::Reserve(lines), None) if lines.is_empty() => Ok(None),
            (StockRequest::Reserve(lines), None) => {
                let request = ReservationRequest {
                    reservation_id: ReservationId::new(self.ids.next_id()),
                    order_id: pending.order_id,
                    lines: lines.clone(),
                    at,
                };
                reserve(request, stock).map(Some)
            }
            // It was decided before, and that decision is the answer.
            (StockRequest::Reserve(_), Some(_)) | (StockRequest::Release | StockRequest::Fulfil, None) => {
                Ok(None)
            }
            (StockRequest::Release, Some(mut reservation)) => {
                release(&mut reservation, stock, at)?;
                Ok(Some(reservation))
            }
            (StockRequest::Fulfil, Some(mut reservation)) => {
                fulfil(&mut reservation, stock, at)?;
                Ok(Some(reservation))
            }
        }
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn queue(&self) -> MutexGuard<'_, VecDeque<PendingRequest>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingRequest {
    /// Whether its caller still waits for the answer. A caller that gave up will ask again.
    fn is_awaited(&self) -> bool {
        !self.answer.is_closed()
    }
}

impl Batch<'_> {
    fn answer_all(&mut self, answer: impl Fn() -> Result<(), UseCaseError>) {
        while !self.requests.is_empty() {
            self.answer_first(answer());
        }
    }

    fn answer_first(&mut self, answer: Result<(), UseCaseError>) {
        if !self.requests.is_empty() {
            // An error says that the caller was dropped meanwhile.
            let _ = self.requests.remove(0).answer.send(answer);
        }
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut queue = self.batcher.queue();
        for request in self.requests.drain(..).rev() {
            queue.push_front(request);
        }
    }
}

/// The products that are asked for, and those of which units are held.
fn products_of<'a>(
    requests: impl Iterator<Item = &'a PendingRequest>,
    reservations: &BTreeMap<OrderId, Reservation>,
) -> BTreeSet<ProductId> {
    let held = reservations
        .values()
        .flat_map(|reservation| &reservation.record().lines);
    let mut products: BTreeSet<ProductId> = held.map(|line| line.product_id).collect();
    for pending in requests {
        if let StockRequest::Reserve(lines) = &pending.request {
            products.extend(lines.iter().map(|line| line.product_id));
        }
    }
    products
}

#[cfg(test)]
mod tests;
