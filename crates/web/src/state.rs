//! What the handlers work with.

use std::sync::{Arc, atomic::AtomicU64};

use accounts_app::Accounts;
use message_bus::{ContextOperations, Sampling};
use ordering_app::Ordering;
use shared_kernel::{Clock, IdGenerator};

use crate::{Cursors, IdempotencyKeys, Metrics};

/// The contexts and ports that requests are served with. Cloning it is cheap: each worker thread holds one.
#[derive(Clone)]
pub struct WebState {
    /// Users, sessions and tokens.
    pub accounts: Arc<Accounts>,
    /// Orders and customers.
    pub ordering: Arc<Ordering>,
    /// Every context, as `/readyz` asks it.
    pub contexts: Vec<Arc<dyn ContextOperations>>,
    /// The keys of requests that may be sent again.
    pub idempotency: IdempotencyKeys,
    /// The cursors of lists.
    pub cursors: Cursors,
    /// The figures that `/metrics` shows.
    pub metrics: Metrics,
    /// Which of the traces that begin here are recorded.
    pub sampling: Sampling,
    /// How many spans never reached the collector, where there is one.
    pub spans_lost: Option<Arc<AtomicU64>>,
    /// When commands are issued.
    pub clock: Arc<dyn Clock>,
    /// The ids of requests and commands.
    pub ids: Arc<dyn IdGenerator>,
}
