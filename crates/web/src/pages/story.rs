//! An order's story as a picture: a lane for each context, time downward, an arrow from each event to its consumers and on to
//! what these did about it.
//!
//! It is drawn here and not in the browser, which runs no script. The list below it says the same in words, and more.

use std::collections::HashMap;

use maud::{Markup, html};
use message_bus::timeline::{TimelineDelivery, TimelineEntry};
use shared_kernel::EventId;

use super::{layout, orders};

/// Pixels. Two lanes fit a telephone held upright, a little smaller; of more one scrolls.
const LANE_WIDTH: usize = 216;
const BOX_WIDTH: usize = 196;
const BOX_HEIGHT: usize = 44;
const ROW_HEIGHT: usize = 60;
/// Above the first row, for the lanes' names.
const HEAD_HEIGHT: usize = 36;
/// From a box's edge to what is in it, and to a line that goes around it.
const GAP: usize = 10;
/// So many letters surely fit a box; more of them are pushed together.
const ROOMY: usize = 20;

/// Where a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    lane: usize,
    row: usize,
}

impl Spot {
    const fn left(self) -> usize {
        self.lane * LANE_WIDTH + (LANE_WIDTH - BOX_WIDTH) / 2
    }

    const fn right(self) -> usize {
        self.left() + BOX_WIDTH
    }

    const fn top(self) -> usize {
        HEAD_HEIGHT + self.row * ROW_HEIGHT
    }

    const fn middle(self) -> usize {
        self.top() + BOX_HEIGHT / 2
    }

    const fn bottom(self) -> usize {
        self.top() + BOX_HEIGHT
    }
}

/// An event, or one of its deliveries, at its place.
struct Placed<'story> {
    entry: &'story TimelineEntry,
    at: Spot,
    deliveries: Vec<(&'story TimelineDelivery, Spot)>,
}

/// The picture of a story.
pub(super) fn picture(entries: &[TimelineEntry]) -> Markup {
    let lanes = lanes(entries);
    let placed = place(entries, &lanes);
    let rows = placed.iter().map(last_row).max().map_or(0, |row| row + 1);
    let (width, height) = (lanes.len() * LANE_WIDTH, HEAD_HEIGHT + rows * ROW_HEIGHT);
    let events: HashMap<EventId, Spot> = placed
        .iter()
        .map(|placed| (placed.entry.event_id, placed.at))
        .collect();
    html! {
        div.wide tabindex="0" {
            svg.picture xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
                role="group" aria-label="What happened, as a picture" {
                defs {
                    marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" {
                        path d="M0 0L8 4L0 8z" {}
                    }
                }
                @for (lane, name) in lanes.iter().enumerate() { (lifeline(lane, name, height)) }
                @for placed in &placed { (arrows(placed, &events)) }
                @for placed in &placed { (boxes(placed)) }
            }
        }
    }
}

/// The contexts, in the order in which they come into the story.
fn lanes(entries: &[TimelineEntry]) -> Vec<&str> {
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
fn place<'story>(entries: &'story [TimelineEntry], lanes: &[&str]) -> Vec<Placed<'story>> {
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

fn last_row(placed: &Placed<'_>) -> usize {
    placed.deliveries.last().map_or(placed.at.row, |(_, at)| at.row)
}

fn lifeline(lane: usize, name: &str, height: usize) -> Markup {
    let middle = lane * LANE_WIDTH + LANE_WIDTH / 2;
    html! {
        text.lane x=(middle) y="18" { (name) }
        path.lifeline d={ "M" (middle) " " (HEAD_HEIGHT - GAP) "V" (height) } {}
    }
}

fn arrows(placed: &Placed<'_>, events: &HashMap<EventId, Spot>) -> Markup {
    html! {
        @for (delivery, at) in &placed.deliveries {
            (arrow(&to_delivery(placed.at, *at)))
            @for effect in delivery.led_to.iter().filter_map(|led_to| events.get(led_to)) {
                (arrow(&to_effect(*at, *effect)))
            }
        }
    }
}

fn arrow(line: &str) -> Markup {
    html! { path.arrow d=(line) marker-end="url(#arrow)" {} }
}

/// Straight to the first, and out of the event's bottom to the others.
fn to_delivery(event: Spot, delivery: Spot) -> String {
    let (side, target) = if delivery.lane > event.lane {
        (event.right(), delivery.left())
    } else {
        (event.left(), delivery.right())
    };
    let end = delivery.middle();
    if delivery.row == event.row {
        format!("M{side} {end}H{target}")
    } else if delivery.lane == event.lane {
        format!(
            "M{} {}V{}",
            event.left() + 2 * GAP,
            event.bottom(),
            delivery.top()
        )
    } else {
        format!("M{} {}V{end}H{target}", event.left() + 2 * GAP, event.bottom())
    }
}

/// Around whatever is between the two, which are in one lane.
fn to_effect(delivery: Spot, effect: Spot) -> String {
    let around = delivery.left() - GAP;
    format!(
        "M{} {}H{around}V{}H{}",
        delivery.left(),
        delivery.middle(),
        effect.middle(),
        effect.left()
    )
}

fn boxes(placed: &Placed<'_>) -> Markup {
    let entry = placed.entry;
    let in_words = format!("#event-{}", entry.event_id);
    let time = format!("{} UTC", layout::to_the_second(entry.occurred_at));
    let class = if entry.private { "private" } else { "event" };
    html! {
        a class=(class) href=(in_words) { (labelled(placed.at, &entry.event_type, &time)) }
        @for (delivery, at) in &placed.deliveries {
            a class=(orders::class(delivery)) href=(orders::path(entry, delivery).as_ref().unwrap_or(&in_words)) {
                (labelled(*at, &delivery.consumer, &orders::outcome(delivery)))
            }
        }
    }
}

fn labelled(at: Spot, title: &str, detail: &str) -> Markup {
    let squeezed = (title.len() > ROOMY).then_some(BOX_WIDTH - 2 * GAP);
    html! {
        rect x=(at.left()) y=(at.top()) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="4" {}
        text.title x=(at.left() + GAP) y=(at.top() + 18) textLength=[squeezed] lengthAdjust="spacingAndGlyphs" { (title) }
        text.detail x=(at.left() + GAP) y=(at.top() + 35) { (detail) }
    }
}
