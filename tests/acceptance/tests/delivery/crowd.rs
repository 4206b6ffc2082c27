//! Many requests side by side, and how long each took.

use std::time::{Duration, Instant};

use acceptance::Asking;
use reqwest::RequestBuilder;
use serde_json::Value;
use tokio::task::JoinSet;

/// How many callers there are.
const CALLERS: usize = 32;

/// How long requests took, from the shortest to the longest.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// What 99 of 100 did not exceed, in milliseconds.
    pub(crate) fn p99(&self) -> f64 {
        let place = self.0.len() * 99 / 100;
        self.0[place.min(self.0.len() - 1)].as_secs_f64() * 1000.0
    }
}

/// Sends these requests, each of which has to be answered with this status. The answers are in the order of the requests.
pub(crate) async fn all(
    requests: impl IntoIterator<Item = RequestBuilder>,
    status: u16,
) -> (Vec<Value>, Times) {
    let mut requests = requests.into_iter().enumerate();
    let mut under_way = JoinSet::new();
    let mut answers = Vec::new();
    let mut times = Vec::new();
    loop {
        while under_way.len() < CALLERS
            && let Some((place, request)) = requests.next()
        {
            under_way.spawn(async move {
                let start = Instant::now();
                let answer = request.answer().await;
                (place, answer, start.elapsed())
            });
        }
        let Some(done) = under_way.join_next().await else {
            break;
        };
        let (place, answer, took) = done.unwrap();
        answers.push((place, answer.expecting(status)));
        times.push(took);
    }
    answers.sort_by_key(|(place, _)| *place);
    times.sort();
    (
        answers.into_iter().map(|(_, answer)| answer).collect(),
        Times(times),
    )
}
