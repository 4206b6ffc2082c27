//! What goes on around the processes: commits, crashes, clocks, retention and an operator.

use std::sync::Arc;

use event_delivery::{DeliveryState, in_memory::DeliveryRow};
use message_bus::Delivery;
use shared_kernel::Version;

use crate::{
    fault::Fault,
    processes::Processes,
    source_log::{aggregate_of, id_of},
    subscribers::{Kind, NAMES, Nature},
    trace::{About, What},
    world::{State, World, wait},
};

/// How far the clock may be off, in milliseconds.
const MOST_CLOCK_OFFSET: i64 = 120_000;
/// Published events, and rows of deliveries that ended, are kept for so long, in milliseconds.
const RETENTION: u64 = 8_000;
/// Within this time, in milliseconds, an operator acts.
const OPERATOR_LOOKS_WITHIN: u64 = 2_500;

/// Commits `count` events about one aggregate.
pub(crate) async fn commit_events(world: Arc<World>, aggregate: usize, count: usize) {
    let mut kept_back = None;
    for _ in 0..count {
        let (pause, until_commit, kind, sequence) = {
            let mut state = world.state();
            let sequence = kept_back.take().unwrap_or_else(|| state.log.give_sequence());
            // A later version can have been given its place in the log first.
            let sequence = if state.chance.once_in(8) {
                kept_back = Some(sequence);
                state.log.give_sequence()
            } else {
                sequence
            };
            let kind = Kind::of_chance(&mut state.chance);
            let (pause, until_commit) = (
                state.chance.milliseconds(0..6_000),
                state.chance.milliseconds(0..400),
            );
            (pause, until_commit, kind, sequence)
        };
        wait(until_commit).await;
        commit(&world, aggregate, sequence, kind);
        wait(pause).await;
    }
    world.state().log.writers -= 1;
}

fn commit(world: &World, aggregate: usize, sequence: i64, kind: Kind) {
    let process = {
        let mut state = world.state();
        state.commit(aggregate, sequence, kind);
        state.chance.below(Processes::MOST)
    };
    world.committed[process].notify_one();
}

/// One more event about each aggregate that all consumers take, so that each consumer can find what it misses.
pub(crate) fn commit_last_events(world: &World) {
    let aggregates = world.state().chance.aggregates();
    for aggregate in 0..aggregates {
        let sequence = world.state().log.give_sequence();
        commit(world, aggregate, sequence, Kind::Changed);
    }
}

/// Ends a process, again and again.
pub(crate) async fn crash(world: Arc<World>, process: usize) {
    loop {
        let lifetime = world.state().chance.milliseconds(100..25_000);
        wait(lifetime).await;
        let mut state = world.state();
        if state.chance.is_calm() {
            return;
        }
        state.kill(process, Fault::Crash, About::process(process));
    }
}

/// Ends all processes once, and starts them with one more consumer.
pub(crate) async fn deploy(world: Arc<World>) {
    let pause = world.state().chance.milliseconds(3_000..15_000);
    wait(pause).await;
    let mut state = world.state();
    if state.last_joined {
        return;
    }
    state.last_joined = true;
    for process in 0..Processes::MOST {
        state.kill(process, Fault::Crash, About::process(process));
    }
}

/// Sets the clock, again and again.
pub(crate) async fn set_clock(world: Arc<World>) {
    loop {
        let pause = world.state().chance.milliseconds(500..15_000);
        wait(pause).await;
        let mut state = world.state();
        if state.chance.is_calm() {
            return;
        }
        let reach = [2_000, 40_000][state.chance.below(2)];
        let jump = i64::try_from(state.chance.below(reach)).unwrap();
        let (fault, jump) = if state.chance.once_in(2) {
            (Fault::ClockForwards, jump)
        } else {
            (Fault::ClockBackwards, -jump)
        };
        state.clock_offset = (state.clock_offset + jump).clamp(-MOST_CLOCK_OFFSET, MOST_CLOCK_OFFSET);
        state.happened(fault, About::default().with(jump));
    }
}

/// Makes the lease lapse, again and again.
pub(crate) async fn lapse(world: Arc<World>) {
    loop {
        let pause = world.state().chance.milliseconds(500..4_000);
        wait(pause).await;
        let mut state = world.state();
        if state.chance.is_calm() {
            return;
        }
        state.processes.lapse();
    }
}

/// Deletes what is old, again and again.
pub(crate) async fn prune(world: Arc<World>) {
    loop {
        let pause = world.state().chance.milliseconds(1_000..6_000);
        wait(pause).await;
        world.state().prune();
    }
}

/// Replays, discards, pauses and resumes.
pub(crate) async fn operate(world: Arc<World>) {
    loop {
        let pause = world.state().chance.milliseconds(100..OPERATOR_LOOKS_WITHIN);
        wait(pause).await;
        let mut state = world.state();
        if state.chance.is_calm() {
            return;
        }
        let consumer = state.chance.below(NAMES.len());
        if state.contexts[consumer].paused_at.is_some() {
            state.resume(consumer);
        } else if state.chance.once_in(10) {
            state.contexts[consumer].paused_at = Some(state.at);
            state.contexts[consumer].kept.paused = true;
            state.happened(Fault::Paused, About::consumer(consumer));
        }
        state.see_to_dead(consumer);
    }
}

impl State {
    /// Resumes everything, and replays all that is dead.
    pub(crate) fn clean_up(&mut self) {
        for consumer in 0..NAMES.len() {
            self.resume(consumer);
            for (aggregate, version) in self.dead(consumer) {
                self.replay(consumer, aggregate, version);
            }
        }
    }

    fn resume(&mut self, consumer: usize) {
        if self.contexts[consumer].paused_at.take().is_some() {
            self.contexts[consumer].kept.paused = false;
            self.note(What::Resumed, About::consumer(consumer));
        }
    }

    fn dead(&self, consumer: usize) -> Vec<(usize, Version)> {
        let pending = self.contexts[consumer].kept.rows().map(|row| &row.pending);
        let dead = pending.filter(|pending| pending.state == DeliveryState::Dead);
        dead.map(|pending| {
            (
                aggregate_of(pending.delivery.aggregate_id),
                pending.delivery.version,
            )
        })
        .collect()
    }

    fn see_to_dead(&mut self, consumer: usize) {
        for (aggregate, version) in self.dead(consumer) {
            match self.chance.below(12) {
                0 | 1 if self.may_be_discarded(consumer, aggregate, version) => {
                    self.discard(consumer, aggregate, version);
                }
                2..=6 => self.replay(consumer, aggregate, version),
                _ => {}
            }
        }
    }

    fn replay(&mut self, consumer: usize, aggregate: usize, version: Version) {
        let about = About::event(aggregate, version.number()).at(consumer);
        self.happened(Fault::Replayed, about);
        let now = self.now();
        let context = &mut self.contexts[consumer];
        context.kept.replay(id_of(aggregate), version, now);
        context.killed_by_row.remove(&(aggregate, version.number()));
        if !self.chance.once_in(3) {
            self.log.version_mut(aggregate, version.number()).natures[consumer] = Nature::Harmless;
        }
    }

    /// An operator does not discard a delivery while an earlier event is missing.
    fn may_be_discarded(&self, consumer: usize, aggregate: usize, version: Version) -> bool {
        let next = self.next_for(consumer, aggregate);
        next.is_none_or(|next| next >= version.number())
    }

    fn discard(&mut self, consumer: usize, aggregate: usize, version: Version) {
        self.happened(
            Fault::Discarded,
            About::event(aggregate, version.number()).at(consumer),
        );
        let now = self.now();
        let context = &mut self.contexts[consumer];
        context.kept.discard(id_of(aggregate), version, now);
        context.seen[aggregate] = context.seen[aggregate].max(version.number());
    }

    fn prune_rows(&mut self) {
        let before = self.now().plus_milliseconds(-RETENTION.cast_signed());
        let is_old = |row: &DeliveryRow| row.ended_at.is_some_and(|at| at < before);
        for consumer in 0..NAMES.len() {
            let old = self.contexts[consumer].kept.rows().filter(|row| is_old(row));
            let old: Vec<Delivery> = old.map(|row| row.pending.delivery).collect();
            for delivery in old {
                let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
                self.contexts[consumer]
                    .called_by_row
                    .remove(&(aggregate, version));
                self.happened(Fault::RowPruned, About::event(aggregate, version).at(consumer));
            }
            self.contexts[consumer].kept.retain(|row| !is_old(row));
        }
    }

    fn prune(&mut self) {
        let Some(before) = self.at.checked_sub(RETENTION) else {
            return;
        };
        for place in 0..self.log.events().len() {
            let logged = &self.log.events()[place];
            let newest = logged.event.sequence == self.log.last_committed();
            let stays = newest && !self.log.numbers_again;
            let old = !logged.pruned && !stays && logged.published_at.is_some_and(|at| at < before);
            // Retention is longer than it takes to find that an event never arrived.
            if old && !self.is_still_missing(place) {
                self.happened(Fault::EventPruned, About::event(logged.aggregate, logged.version));
                self.log.events_mut()[place].pruned = true;
            }
        }
        self.prune_rows();
    }
}
