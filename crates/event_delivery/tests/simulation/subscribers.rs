//! Three consumers that differ in every property of a consumer, and the events they take.

use std::sync::Arc;

use message_bus::{Beginning, Consumer, Limits, ReactsTo};
use serde::{Deserialize, Serialize};
use shared_kernel::IntegrationEvent;

use crate::{chance::Chance, source_log};

/// The consumers' names: one that is handed events directly, one that begins with what happens from its start on, and one that joins
/// later in some runs and begins with the start of the log. The last two get events by row.
pub(crate) const NAMES: [&str; 3] = ["stock.orders", "report.orders", "mail.orders"];

/// An event that two of the consumers take.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened;

/// An event that all consumers take.
#[derive(Serialize, Deserialize)]
pub(crate) struct Changed;

impl IntegrationEvent for Opened {
    const TYPE: &'static str = "Opened";
    const SCHEMA_VERSION: u16 = 1;
    const AGGREGATE_TYPE: &'static str = source_log::AGGREGATE_TYPE;
}

impl IntegrationEvent for Changed {
    const TYPE: &'static str = "Changed";
    const SCHEMA_VERSION: u16 = 1;
    const AGGREGATE_TYPE: &'static str = source_log::AGGREGATE_TYPE;
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Opened,
    Changed,
    /// No consumer takes it.
    Private,
}

impl Kind {
    pub(crate) fn of_chance(chance: &mut Chance) -> Self {
        match chance.below(5) {
            0 | 1 => Self::Opened,
            2 | 3 => Self::Changed,
            _ => Self::Private,
        }
    }

    pub(crate) const fn event_type(self) -> &'static str {
        match self {
            Self::Opened => Opened::TYPE,
            Self::Changed => Changed::TYPE,
            Self::Private => "Noted",
        }
    }

    /// Whether a consumer takes it: the model's own answer.
    pub(crate) const fn is_taken_by(self, consumer: usize) -> bool {
        match self {
            Self::Opened => consumer != 2,
            Self::Changed => true,
            Self::Private => false,
        }
    }
}

/// How a consumer handles an event each time, until that is repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    Harmless,
    /// It is refused for good.
    Refused,
    /// The handler panics.
    Panics,
    /// The process ends.
    Kills,
}

impl Nature {
    pub(crate) fn of_chance(chance: &mut Chance) -> Self {
        match chance.below(60) {
            0 => Self::Refused,
            1 => Self::Panics,
            2..=4 => Self::Kills,
            _ => Self::Harmless,
        }
    }
}

/// The limits of a consumer's time and attempts.
pub(crate) fn limits(consumer: usize) -> Limits {
    match consumer {
        2 => Limits {
            attempts: 6,
            interruptions: 3,
            deadline_milliseconds: 2_000,
            longest_pause_milliseconds: 4_000,
            at_once: 4,
        },
        1 => Limits {
            attempts: 4,
            interruptions: 2,
            deadline_milliseconds: 500,
            longest_pause_milliseconds: 1_000,
            at_once: 1,
        },
        _ => Limits::default(),
    }
}

/// A consumer, whose handler is `handler`.
pub(crate) fn consumer<H: ReactsTo<Opened> + ReactsTo<Changed>>(number: usize, handler: &Arc<H>) -> Consumer {
    let context = ["stock", "report", "mail"][number];
    let beginning = match number {
        1 => Beginning::Now,
        _ => Beginning::StartOfTheLog,
    };
    let consumer =
        Consumer::new(NAMES[number], context, source_log::SOURCE, beginning).on::<Changed, H>(handler);
    match number {
        0 => consumer.on::<Opened, H>(handler),
        1 => consumer.on::<Opened, H>(handler).calling_outside(limits(1)),
        _ => consumer.calling_outside(limits(2)),
    }
}
