//! Selling out: many buyers want more than there is, and what was sold is counted afterwards.
//!
//! Each buyer places and confirms order after order, under idempotency keys, and sends again what was not answered, so that a killed server only
//! costs time. Afterwards every order is checked: never more may be sold than there was, no order may be doubled or lost, and whatever is left
//! has to be for sale.

mod audit;
mod buyer;
mod market;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{sync::watch, task::JoinSet};

pub use self::audit::Tally;
use self::{audit::audit, buyer::Buyer, market::Market};
use crate::{Binary, Engine, Installation, Server, torture::Random};

/// How many buy at the same time.
const BUYERS: usize = 64;

/// What is for sale, and how many orders are tried.
#[derive(Clone, Copy, Debug)]
pub struct Sale {
    /// Products.
    pub products: usize,
    /// Units of each.
    pub units: u64,
    /// Products in an order at most; each with one to three units, in no order.
    pub basket: usize,
    /// Orders placed and confirmed in all.
    pub attempts: u64,
    /// How often the server is killed meanwhile.
    pub kills: u64,
    /// Repeats an earlier run's choices, though not its timing.
    pub seed: u64,
}

/// Holds a sale on a new installation, with a server of this binary.
pub async fn sell_out(binary: &Binary, engine: Engine, sale: Sale) -> Tally {
    let installation = Installation::new(engine);
    let mut server = Server::start(binary, installation.path());
    let (addresses, address) = watch::channel(server.url().to_owned());
    let market = Arc::new(Market::open(binary, &installation, address, &sale).await);
    let next = Arc::new(AtomicU64::new(0));
    let (told, mut done) = watch::channel(0_u64);
    let told = Arc::new(told);
    let mut random = Random::new(sale.seed);
    let mut buyers = JoinSet::new();
    for number in 0..BUYERS {
        let mut buyer = Buyer::new(number, Arc::clone(&market), random.fork());
        let (next, told) = (Arc::clone(&next), Arc::clone(&told));
        buyers.spawn(async move {
            loop {
                let attempt = next.fetch_add(1, Ordering::Relaxed);
                if attempt >= sale.attempts {
                    return buyer.bought;
                }
                buyer.buy(attempt, &sale).await;
                told.send_modify(|done| *done += 1);
            }
        });
    }
    let mut outcries = Vec::new();
    for kill in 1..=sale.kills {
        let enough = sale.attempts * kill / (sale.kills + 1);
        // An error means that the buyers have finished; then there is no one to disturb.
        let _ = done.wait_for(|done| *done >= enough).await;
        server.kill();
        outcries.extend(server.outcries());
        server = Server::start(binary, installation.path());
        addresses.send_replace(server.url().to_owned());
    }
    let bought = buyers.join_all().await.into_iter().flatten().collect();
    let mut tally = audit(binary, &installation, &market, &sale, bought).await;
    outcries.extend(server.outcries());
    tally.faults.extend(outcries);
    server.stop();
    tally
}
