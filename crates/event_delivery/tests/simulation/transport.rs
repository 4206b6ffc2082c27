//! A transport that drops, repeats, delays and reorders what it is given, around the dispatcher that it gives it to.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use event_delivery::{Dispatcher, Transport, dispatcher::Outcome};
use message_bus::{Consumer, Delivery, DeliveryMode, Envelope, Unavailable};
use tokio::task::JoinSet;

use crate::{
    fault::Fault,
    handler::DIRECTLY,
    source_log::aggregate_of,
    trace::{About, What},
    world::{World, wait},
};

/// The transport of one consumer, in one run of a process. Hand-overs under way when that ends are lost.
pub(crate) struct FaultyTransport {
    pub(crate) world: Arc<World>,
    pub(crate) number: usize,
    pub(crate) process: usize,
    pub(crate) consumer: Arc<Consumer>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) on_its_way: Mutex<JoinSet<()>>,
}

/// The faults that a hand-over can meet, of which it meets one.
const FAULTS: [Fault; 7] = [
    Fault::Dropped,
    Fault::AnswerLost,
    Fault::Duplicated,
    Fault::Delayed,
    Fault::GivenUp,
    Fault::Overtaken,
    Fault::Misplaced,
];

#[async_trait]
impl Transport for FaultyTransport {
    async fn hand_over(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
        mode: DeliveryMode,
    ) -> Result<Outcome, Unavailable> {
        let (fault, delay) = self.meets(&delivery);
        match fault {
            Some(Fault::Dropped) => return Err(Unavailable::dependency("the transport dropped it")),
            Some(Fault::GivenUp) => {
                self.arrives_later(envelope, delivery, mode, delay);
                return Err(Unavailable::dependency("the transport gave it up"));
            }
            Some(Fault::Overtaken) => {
                self.arrives_later(envelope, delivery, mode, delay);
                return Ok(Outcome::Applied);
            }
            Some(Fault::Misplaced) => return Ok(Outcome::Applied),
            Some(Fault::Duplicated) => self.arrives_later(envelope, delivery, mode, delay),
            Some(Fault::Delayed) => wait(delay).await,
            _ => {}
        }
        let handing_over = self.dispatcher.hand_over(consumer, envelope, delivery, mode);
        let outcome = DIRECTLY.scope((), handing_over).await;
        if fault == Some(Fault::AnswerLost) {
            return Err(Unavailable::dependency("the transport lost the answer"));
        }
        outcome
    }
}

impl FaultyTransport {
    fn meets(&self, delivery: &Delivery) -> (Option<Fault>, std::time::Duration) {
        let mut state = self.world.state();
        let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
        let about = About::event(aggregate, version).at(self.number).by(self.process);
        state.note(What::Handed, about);
        let fault = FAULTS.into_iter().find(|fault| state.happens(*fault, about));
        if matches!(fault, Some(Fault::Overtaken | Fault::Misplaced)) {
            // From here on the consumer's side does not know of it, and may never.
            state.log.version_mut(aggregate, version).misplaced[self.number] = true;
        }
        (fault, state.chance.milliseconds(1..4_000))
    }

    fn arrives_later(
        &self,
        envelope: &Envelope,
        delivery: Delivery,
        mode: DeliveryMode,
        delay: std::time::Duration,
    ) {
        let (consumer, dispatcher, envelope) = (
            Arc::clone(&self.consumer),
            self.dispatcher.clone(),
            envelope.clone(),
        );
        let arrival = async move {
            wait(delay).await;
            // The caller who waited for the result is gone.
            let _ = dispatcher.hand_over(&consumer, &envelope, delivery, mode).await;
        };
        self.on_its_way.lock().unwrap().spawn(DIRECTLY.scope((), arrival));
    }
}
