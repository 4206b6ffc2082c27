//! Inventory's answer about a confirmed order, and the callers that wait for it.
//!
//! An order is settled when stock is reserved for it, or when it was rejected or cancelled. A waiting caller is woken by the reaction that
//! settles the order in this process. Waiting callers also look at intervals, because with several processes another one may have reacted.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use message_bus::{Actor, CommandMeta, Unavailable, UseCaseError, retry::retry_on_conflict};
use ordering_domain::Order;
use shared_kernel::OrderId;
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{OrderView, Ordering, VisibleTo};

/// How often a waiting caller looks for what another process may have done.
const LOOKS_EVERY: Duration = Duration::from_millis(250);

/// The waiting callers, by order.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    orders: Mutex<HashMap<OrderId, Arc<Notify>>>,
}

impl Ordering {
    /// Changes the order by an event of inventory. A late event changes nothing, and moves the consumer's position.
    pub(crate) async fn apply_stock_result(
        &self,
        order_id: OrderId,
        meta: &CommandMeta,
        change: impl Fn(&mut Order) + Sync,
    ) -> Result<(), UseCaseError> {
        retry_on_conflict(meta, self.ids.as_ref(), || async {
            let mut unit = self.begin(meta);
            let order = unit.orders().get(order_id, VisibleTo::Everyone).await?;
            let mut order = order.ok_or_else(|| {
                Unavailable::defect(format!(
                    "found news of stock for order {order_id}, which is not there"
                ))
            })?;
            change(&mut order);
            unit.orders().save(order);
            unit.commit(None).await?;
            Ok(())
        })
        .await?;
        self.waiting.wake(order_id);
        Ok(())
    }

    /// The order as `actor` sees it, as soon as it is settled or `patience` is over, whichever comes first. [`OrderView::is_settled`]
    /// says which it was.
    ///
    /// # Errors
    /// Not found, when it does not exist or is not theirs.
    pub async fn settled_order(
        &self,
        order_id: OrderId,
        actor: &Actor,
        patience: Duration,
    ) -> Result<OrderView, UseCaseError> {
        let until = Instant::now() + patience;
        let waiter = self.waiting.join(order_id);
        loop {
            let news = waiter.notified();
            tokio::pin!(news);
            // Enabled before the first look, so that a later change is not missed.
            news.as_mut().enable();
            let order = self.order(order_id, actor).await?;
            let now = Instant::now();
            if order.is_settled() || now >= until {
                return Ok(order);
            }
            // In either case the order is read again.
            let _woken_or_not = timeout_at(until.min(now + LOOKS_EVERY), news).await;
        }
    }
}

impl Waiting {
    fn join(&self, order_id: OrderId) -> Waiter<'_> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let notify = Arc::clone(orders.entry(order_id).or_default());
        Waiter {
            waiting: self,
            order_id,
            notify,
        }
    }

    fn wake(&self, order_id: OrderId) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = orders.get(&order_id) {
            notify.notify_waiters();
        }
    }
}

/// A waiting caller; the last one of an order removes its entry when it ends.
struct Waiter<'a> {
    waiting: &'a Waiting,
    order_id: OrderId,
    notify: Arc<Notify>,
}

impl Waiter<'_> {
    fn notified(&self) -> tokio::sync::futures::Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut orders = self.waiting.orders.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's and this one's.
        if Arc::strong_count(&self.notify) == 2 {
            orders.remove(&self.order_id);
        }
    }
}
