//! What can go wrong, how often it is tried, and how often it happened.

/// The kinds of faults, and of an operator's actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fault {
    /// A process ends at any moment.
    Crash,
    /// An event whose handling ends the process.
    KilledByEvent,
    /// A store answers that it is unavailable, and has done nothing.
    ErrorBefore,
    /// A store answers that it is unavailable, and has done what it was asked.
    ErrorAfter,
    /// A store answers that it is unavailable, and does what it was asked a while later.
    WrittenLate,
    /// Marks of published events that are never written, though the process goes on.
    MarksLost,
    /// A hand-over that never arrives; the publisher gets an error.
    Dropped,
    /// A hand-over that arrives, and whose answer does not.
    AnswerLost,
    /// A hand-over that arrives a second time, later.
    Duplicated,
    /// A hand-over that takes long.
    Delayed,
    /// A hand-over that was given up and arrives later all the same.
    GivenUp,
    /// A hand-over that the transport acknowledges before it arrives, so that later ones overtake it.
    Overtaken,
    /// A hand-over that the transport acknowledges and loses.
    Misplaced,
    /// A handler fails with a transient error.
    Transient,
    /// A handler fails with a permanent error.
    Permanent,
    /// A handler finds a conflict.
    Conflict,
    /// A handler panics.
    Panic,
    /// A handler does not return before the deadline.
    Stall,
    /// A handler's write set is committed after its deadline.
    CommittedLate,
    /// The clock jumps forwards.
    ClockForwards,
    /// The clock jumps backwards.
    ClockBackwards,
    /// A handler is called by a process that has lost the lease.
    LeaseOutlived,
    /// An event is committed after one of a larger sequence.
    CommittedOutOfOrder,
    /// Published events are made unpublished again, for a consumer that did not get them.
    DrivenAgain,
    /// An attempt that never ended is followed by another.
    Interrupted,
    /// A delivery dies.
    Died,
    /// A delivery dies because too many attempts at it ended with the process.
    DiedOfInterruptions,
    /// An operator replays a dead delivery.
    Replayed,
    /// An operator discards a dead delivery.
    Discarded,
    /// An operator pauses a consumer.
    Paused,
    /// An old event is deleted.
    EventPruned,
    /// The row of a delivery that ended long ago is deleted.
    RowPruned,
}

impl Fault {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 32] = [
        Self::Crash,
        Self::KilledByEvent,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::WrittenLate,
        Self::MarksLost,
        Self::Dropped,
        Self::AnswerLost,
        Self::Duplicated,
        Self::Delayed,
        Self::GivenUp,
        Self::Overtaken,
        Self::Misplaced,
        Self::Transient,
        Self::Permanent,
        Self::Conflict,
        Self::Panic,
        Self::Stall,
        Self::CommittedLate,
        Self::ClockForwards,
        Self::ClockBackwards,
        Self::LeaseOutlived,
        Self::CommittedOutOfOrder,
        Self::DrivenAgain,
        Self::Interrupted,
        Self::Died,
        Self::DiedOfInterruptions,
        Self::Replayed,
        Self::Discarded,
        Self::Paused,
        Self::EventPruned,
        Self::RowPruned,
    ];

    /// In how many of 10,000 chances it is tried, in an average run. Faults that follow from others have no chance of their own.
    pub(crate) const fn chance(self) -> u16 {
        match self {
            Self::ErrorBefore | Self::ErrorAfter => 80,
            Self::WrittenLate => 120,
            Self::MarksLost => 800,
            Self::Dropped
            | Self::AnswerLost
            | Self::Duplicated
            | Self::Delayed
            | Self::GivenUp
            | Self::Overtaken
            | Self::Misplaced => 400,
            Self::Transient => 800,
            Self::Permanent | Self::Panic => 150,
            Self::Conflict | Self::CommittedLate | Self::Stall => 400,
            _ => 0,
        }
    }
}

/// How often each kind happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts([u64; Fault::ALL.len()]);

impl Counts {
    pub(crate) const fn add(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        for (sum, count) in self.0.iter_mut().zip(other.0) {
            *sum += count;
        }
    }

    /// Each kind with how often it happened.
    pub(crate) fn each(&self) -> impl Iterator<Item = (Fault, u64)> + '_ {
        Fault::ALL.into_iter().zip(self.0)
    }
}
