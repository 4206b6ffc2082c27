//! What the handlers use.

use std::sync::{Arc, atomic::AtomicU64};

use accounts_app::Accounts;
use catalog::Catalog;
use inventory_app::Inventory;
use message_bus::Sampling;
use operations::{Doctor, Operations, Timelines};
use ordering_app::Ordering;
use shared_kernel::{Clock, IdGenerator};

use crate::{
    CorsOrigin, Cursors, Devices, IdempotencyKeys, LastReady, Metrics, OperatorSessions, StalledRelay,
    TrustedProxies,
};

/// The contexts and ports that requests are served with. Cloning it is cheap: each worker thread holds one.
#[derive(Clone)]
pub struct WebState {
    /// Users, sessions and tokens.
    pub accounts: Arc<Accounts>,
    /// Products.
    pub catalog: Arc<Catalog>,
    /// Orders and customers.
    pub ordering: Arc<Ordering>,
    /// Stock and reservations.
    pub inventory: Arc<Inventory>,
    /// Every context, as operators see it.
    pub operations: Arc<Operations>,
    /// The timelines of orders.
    pub timelines: Timelines,
    /// Checks what must hold.
    pub doctor: Doctor,
    /// The keys of requests that may be sent again.
    pub idempotency: IdempotencyKeys,
    /// The cursors of lists.
    pub cursors: Cursors,
    /// The proxies whose word on callers is taken.
    pub proxies: TrustedProxies,
    /// How many connections one network may have open; any number, when it is 0.
    pub connections_of_a_network: usize,
    /// The origins of pages that may ask from a browser, beside our own.
    pub cors_origins: Arc<[CorsOrigin]>,
    /// The devices that somebody has logged in from.
    pub devices: Devices,
    /// The sessions of the operators' pages.
    pub operator_sessions: OperatorSessions,
    /// The figures that `/metrics` shows.
    pub metrics: Metrics,
    /// For how long publishing may be stalled before `/readyz` answers 503.
    pub stalled_relay: StalledRelay,
    /// When every context was last found ready.
    pub last_ready: LastReady,
    /// Which of the traces that begin here are recorded.
    pub sampling: Sampling,
    /// How many spans never reached the collector, where there is one.
    pub spans_lost: Option<Arc<AtomicU64>>,
    /// When commands are issued.
    pub clock: Arc<dyn Clock>,
    /// The ids of requests and commands.
    pub ids: Arc<dyn IdGenerator>,
}
