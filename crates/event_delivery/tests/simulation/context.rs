//! A consumer's context: its store, and the model's state of the consumer.

use std::collections::BTreeMap;

use event_delivery::in_memory::ConsumerState;

/// A context with one consumer.
pub(crate) struct Context {
    pub(crate) number: usize,
    /// Positions and pending deliveries.
    pub(crate) kept: ConsumerState,
    /// Since when it is paused, in virtual time.
    pub(crate) paused_at: Option<u64>,
    /// The sequence after which it takes events.
    pub(crate) begins_after: Option<i64>,
    /// How often the log had been numbered from 1 again by then.
    pub(crate) begun_in: u32,
    /// For each aggregate, the last version whose effect was seen, or that an operator discarded.
    pub(crate) seen: Vec<u32>,
    /// How often the process ended in attempts at a version of an aggregate: by row, in a row; and directly.
    pub(crate) killed_by_row: BTreeMap<(usize, u32), u32>,
    pub(crate) killed_directly: BTreeMap<(usize, u32), u32>,
    /// How often the handler was called for a row.
    pub(crate) called_by_row: BTreeMap<(usize, u32), u32>,
}

impl Context {
    pub(crate) fn new(number: usize, aggregates: usize) -> Self {
        Self {
            number,
            kept: ConsumerState::default(),
            paused_at: None,
            begins_after: None,
            begun_in: 0,
            seen: vec![0; aggregates],
            killed_by_row: BTreeMap::new(),
            killed_directly: BTreeMap::new(),
            called_by_row: BTreeMap::new(),
        }
    }
}
