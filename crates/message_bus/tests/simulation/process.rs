//! A process: it publishes and works off what is held, as the relay does, until it ends and another one takes its place.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::{join, join_all};
use message_bus::{
    Beginning, Consumer, Courier, EventLog, Publisher, Route, Unavailable,
    publisher::{More, Progress},
};
use tokio::{sync::Notify, task::JoinSet, time::Instant};

use crate::{
    canaries::Canary,
    processes::Life,
    subscribers::NAMES,
    transport::FaultyTransport,
    world::{World, wait},
};

/// How soon what another process committed is seen.
const POLL: Duration = Duration::from_secs(1);
/// How long a process that may publish does so without asking again.
const LEAD: Duration = Duration::from_secs(1);
/// How often held deliveries are looked at.
const RETRY_POLL: Duration = Duration::from_millis(500);
/// Every so often, gaps are looked for as well.
const POLLS_PER_LOOK_FOR_GAPS: u32 = 4;
/// Until a store that did not answer at the start is asked again.
const START_AGAIN: Duration = Duration::from_millis(300);

/// Lives again and again.
pub(crate) async fn live(world: Arc<World>, process: usize, canary: Option<Canary>) {
    loop {
        let (life, mut ended) = world.state().start(process);
        tokio::select! {
            biased;
            _ = &mut ended => {}
            () = one_life(&world, life, canary) => {}
        }
        let down = world.state().chance.milliseconds(10..2_000);
        wait(down).await;
    }
}

async fn one_life(world: &Arc<World>, life: Life, canary: Option<Canary>) {
    let consumers = world.state().consumers();
    let routes = loop {
        match routes(world, life, canary, consumers).await {
            Ok(routes) => break routes,
            Err(_) => wait(START_AGAIN).await,
        }
    };
    let log = Canary::log(canary, world, life);
    let relay = Relay {
        publisher: Publisher::new(log, routes),
        leads: AtomicBool::new(false),
        held: Notify::new(),
    };
    let work_off = relay.publisher.routes().iter().map(|route| relay.work_off(route));
    join(relay.publish(), join_all(work_off)).await;
}

async fn routes(
    world: &Arc<World>,
    life: Life,
    canary: Option<Canary>,
    consumers: usize,
) -> Result<Vec<Route>, Unavailable> {
    let log = Canary::log(canary, world, life);
    let mut routes = Vec::new();
    for number in (0..NAMES.len()).take(consumers) {
        let consumer = Arc::new(Canary::consumer(canary, world, life, number));
        let begins_after = begin(world, log.as_ref(), &consumer, number).await?;
        let store = Canary::store(canary, world, life.process, number);
        let courier = Courier::new(store, Arc::clone(world) as _, Arc::clone(world) as _);
        let transport = Arc::new(FaultyTransport {
            world: Arc::clone(world),
            number,
            process: life.process,
            consumer: Arc::clone(&consumer),
            courier: courier.clone(),
            on_its_way: Mutex::new(JoinSet::new()),
        });
        routes.push(Route {
            consumer,
            begins_after,
            transport,
            courier,
        });
    }
    Ok(routes)
}

/// Where a consumer begins: as the first process that started it wrote down.
async fn begin(
    world: &Arc<World>,
    log: &dyn EventLog,
    consumer: &Consumer,
    number: usize,
) -> Result<i64, Unavailable> {
    if let Some(begins_after) = world.call(|state| state.contexts[number].begins_after).await? {
        return Ok(begins_after);
    }
    let begins_after = match consumer.beginning() {
        Beginning::Now => log.last_sequence().await?,
        Beginning::StartOfTheLog => {
            log.publish_again(consumer.event_types().map(str::to_owned).collect())
                .await?;
            0
        }
    };
    world
        .call(|state| state.begin_consumer(number, begins_after))
        .await
}

struct Relay {
    publisher: Publisher,
    /// Whether this process published when it last asked.
    leads: AtomicBool,
    /// A consumer was given rows.
    held: Notify,
}

impl Relay {
    async fn publish(&self) {
        let log = self.publisher.log();
        let mut progress = Progress::default();
        let mut led_since: Option<Instant> = None;
        loop {
            let leads = match led_since.filter(|since| since.elapsed() < LEAD) {
                Some(_) => Ok(true),
                None => {
                    let now = Instant::now();
                    let leads = log.may_relay().await;
                    led_since = matches!(leads, Ok(true)).then_some(now);
                    self.leads.store(led_since.is_some(), Ordering::Relaxed);
                    leads
                }
            };
            let more = match leads {
                Ok(leads) => self.publisher.publish(leads, &mut progress).await,
                Err(error) => Err(error),
            };
            if progress.held_something() {
                self.held.notify_waiters();
            }
            if matches!(more, Ok(More::Waiting)) {
                continue;
            }
            tokio::select! {
                biased;
                () = log.committed() => {}
                () = wait(POLL) => {}
            }
        }
    }

    async fn work_off(&self, route: &Route) {
        for poll in 0_u32.. {
            if self.leads.load(Ordering::Relaxed) {
                // What a store does not answer now is asked again at the next poll.
                while matches!(self.publisher.work_off(route).await, Ok(More::Waiting)) {}
                if poll % POLLS_PER_LOOK_FOR_GAPS == 0 {
                    let _ = self.publisher.close_gaps(route).await;
                }
            }
            tokio::select! {
                biased;
                () = self.held.notified() => {}
                () = wait(RETRY_POLL) => {}
            }
        }
    }
}
