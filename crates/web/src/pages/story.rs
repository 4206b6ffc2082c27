//! An order's timeline as a picture: a lane for each context, time downward, an arrow from each event to its consumers and on
//! to the events of their reactions.
//!
//! It is drawn here and not in the browser, which runs no script. The list below it has the same in words, and more.

mod places;

use std::collections::HashMap;

use maud::{Markup, html};
use operations::timeline::TimelineEntry;
use shared_kernel::EventId;

use self::places::{BOX_HEIGHT, BOX_WIDTH, HEAD_HEIGHT, LANE_WIDTH, Placed, ROW_HEIGHT, Spot, lanes, place};
use super::{layout, orders};

/// From a box's edge to its text, and to a line that goes around it.
const GAP: usize = 10;
/// So many letters surely fit a box; longer text is compressed.
const ROOMY: usize = 20;

/// The picture of a timeline.
pub(super) fn picture(entries: &[TimelineEntry]) -> Markup {
    let lanes = lanes(entries);
    let placed = place(entries, &lanes);
    let rows = placed.iter().map(Placed::last_row).max().map_or(0, |row| row + 1);
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

#[cfg(test)]
mod tests;
