//! A process: its relay publishes and attempts pending deliveries, until it ends and another one replaces it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use event_delivery::{Dispatcher, EventLog, Relay, Subscription};
use message_bus::{Beginning, Consumer, Unavailable};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    canaries::Canary,
    processes::Life,
    subscribers::NAMES,
    transport::FaultyTransport,
    world::{World, wait},
};

/// The pause until a store that did not answer at the start is asked again.
const START_AGAIN: Duration = Duration::from_millis(300);

/// Starts again after each end.
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
    let subscriptions = loop {
        match subscriptions(world, life, canary, consumers).await {
            Ok(subscriptions) => break subscriptions,
            Err(_) => wait(START_AGAIN).await,
        }
    };
    let log = Canary::log(canary, world, life);
    let (_never_stopped, stop) = watch::channel(false);
    Relay::new(log, subscriptions).run(stop).await;
}

async fn subscriptions(
    world: &Arc<World>,
    life: Life,
    canary: Option<Canary>,
    consumers: usize,
) -> Result<Vec<Subscription>, Unavailable> {
    let log = Canary::log(canary, world, life);
    let mut subscriptions = Vec::new();
    for number in (0..NAMES.len()).take(consumers) {
        let consumer = Arc::new(Canary::consumer(canary, world, life, number));
        let begins_after = begin(world, log.as_ref(), &consumer, number).await?;
        let store = Canary::store(canary, world, life.process, number);
        let dispatcher = Dispatcher::new(store, Arc::clone(world) as _, Arc::clone(world) as _);
        let transport = Arc::new(FaultyTransport {
            world: Arc::clone(world),
            number,
            process: life.process,
            consumer: Arc::clone(&consumer),
            dispatcher: dispatcher.clone(),
            on_its_way: Mutex::new(JoinSet::new()),
        });
        subscriptions.push(Subscription {
            consumer,
            begins_after,
            transport,
            dispatcher,
        });
    }
    Ok(subscriptions)
}

/// Where a consumer begins: as recorded by the first process that started it.
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
