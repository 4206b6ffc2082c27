//! The positions of the boxes of a picture.

use operations::timeline::{TimelineDelivery, TimelineEntry};

/// Pixels. Two lanes fit a telephone held upright, a little smaller; of more one scrolls.
pub(super) const LANE_WIDTH: usize = 216;
pub(super) const BOX_WIDTH: usize = 196;
pub(super) const BOX_HEIGHT: usize = 44;
pub(super) const ROW_HEIGHT: usize = 60;
/// Above the first row, for the lanes' names.
pub(super) const HEAD_HEIGHT: usize = 36;

/// Where a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) lane: usize,
    pub(super) row: usize,
}

impl Spot {
    pub(super) const fn left(self) -> usize {
        self.lane * LANE_WIDTH + (LANE_WIDTH - BOX_WIDTH) / 2
    }

    pub(super) const fn right(self) -> usize {
        self.left() + BOX_WIDTH
    }

    pub(super) const fn top(self) -> usize {
        HEAD_HEIGHT + self.row * ROW_HEIGHT
    }

    pub(super) const fn middle(self) -> usize {
        self.top() + BOX_HEIGHT / 2
    }

    pub(super) const fn bottom(self) -> usize {
        self.top() + BOX_HEIGHT
    }
}

/// An event, or one of its deliveries, at its place.
pub(super) struct Placed<'story> {
    pub(super) entry: &'story TimelineEntry,
    pub(super) at: Spot,
    pub(super) deliveries: Vec<(&'story TimelineDelivery, Spot)>,
}

impl Placed<'_> {
    pub(super) fn last_row(&self) -> usize {
        self.deliveries.last().map_or(self.at.row, |(_, at)| at.row)
    }
}

/// The contexts, in the order in which they occur in the timeline.
pub(super) fn lanes(entries: &[TimelineEntry]) -> Vec<&str> {
    let mut lanes = Vec::new();
    for entry in entries {
        let consumers = entry.deliveries.iter().map(context_of);
        for context in std::iter::once(entry.context.as_str()).chain(consumers) {
            if !lanes.contains(&context) {
                lanes.push(context);
            }
        }
    }
    lanes
}

/// Consumers are named after the context that they are in.
fn context_of(delivery: &TimelineDelivery) -> &str {
    delivery.consumer.split('.').next().unwrap_or_default()
}

/// Each event in a row below the one before it, with its deliveries beside it, a row for each.
pub(super) fn place<'story>(entries: &'story [TimelineEntry], lanes: &[&str]) -> Vec<Placed<'story>> {
    let lane_of = |context| lanes.iter().position(|lane| *lane == context).unwrap_or_default();
    let mut free = 0;
    let mut placed = Vec::new();
    for entry in entries {
        let at = Spot {
            lane: lane_of(entry.context.as_str()),
            row: free,
        };
        let deliveries = entry.deliveries.iter().map(|delivery| {
            let lane = lane_of(context_of(delivery));
            // Its own event's place is taken.
            free += usize::from(lane == at.lane && free == at.row);
            free += 1;
            (delivery, Spot { lane, row: free - 1 })
        });
        let deliveries = deliveries.collect();
        free = free.max(at.row + 1);
        placed.push(Placed {
            entry,
            at,
            deliveries,
        });
    }
    placed
}
