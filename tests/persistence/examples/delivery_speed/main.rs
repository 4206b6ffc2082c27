//! Measures delivery for `make bench`: real databases, real relays, the real handler of the address book; no HTTP.
//!
//! `delivery_speed WHAT WHERE SECONDS [RATE]` prints its figures on one line. WHERE is `sqlite:FOLDER` or the URL of a PostgreSQL database,
//! either of them empty. WHAT is one of
//! - `commit`: events a second that are committed, without a consumer;
//! - `move`: events a second that are committed and reach a consumer which does nothing but move its position;
//! - `write`: the same with one that writes a row as well;
//! - `latency`: the median and the slowest hundredth, in milliseconds, from an event's commit to that of its effect, at RATE events a second;
//! - `place`: orders a second, without consumers; `place-attached`: the same with three that have nothing to do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement stops at the first thing that is not as it has to be, and prints what it found"
)]

mod delivering;
mod ground;
mod placing;

use std::{sync::Arc, time::Duration};

use crate::{
    delivering::{Effect, commits, deliveries, latency},
    ground::Ground,
    placing::orders,
};

/// Callers at the same time, as many as wrk has in the other measurements.
const CALLERS: usize = 64;

#[tokio::main(worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "a measurement is told what to measure")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| arguments.get(place).and_then(|text| text.parse::<f64>().ok());
    let (Some(what), Some(target), Some(seconds)) = (arguments.first(), arguments.get(1), number(2)) else {
        panic!("expected delivery_speed WHAT WHERE SECONDS [RATE]");
    };
    let ground = Arc::new(Ground::open(target).await);
    let duration = Duration::from_secs_f64(seconds);
    match what.as_str() {
        "commit" => println!("{:.0}", commits(&ground, duration).await),
        "move" => println!("{:.0}", deliveries(&ground, duration, Effect::None).await),
        "write" => println!("{:.0}", deliveries(&ground, duration, Effect::Row).await),
        "latency" => {
            let rate = number(3).unwrap_or_else(|| panic!("expected a rate"));
            let [median, slow] = latency(&ground, duration, rate).await;
            println!("{:.1} {:.1}", median * 1000.0, slow * 1000.0);
        }
        "place" => println!("{:.0}", orders(&ground, duration, false).await),
        "place-attached" => println!("{:.0}", orders(&ground, duration, true).await),
        other => panic!("found {other}, expected commit, move, write, latency, place or place-attached"),
    }
}
