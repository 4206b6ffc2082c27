//! Odd values, wherever a caller can put one: both engines give the same answer, and neither answers with an internal error.
//!
//! The caller is an admin, who is never refused for their role: otherwise the value would not be looked at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod contract;
mod oddities;
mod shop;

use acceptance::Engine;

use self::{
    contract::{Operation, Place},
    oddities::{HEADERS, Oddity, oddities},
    shop::Shop,
};

/// So many places there were at least when this was written: a contract that was misread has fewer.
const PLACES_AT_LEAST: usize = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_values_get_the_same_answer_on_both_engines_and_are_nobodys_fault_but_the_callers() {
    let (sqlite, postgres) = tokio::join!(Shop::open(Engine::Sqlite), Shop::open(Engine::Postgres));
    let mut operations = contract::operations(&sqlite.contract().await);
    operations.extend(contract::pages());
    let places: usize = operations.iter().map(|operation| operation.places.len()).sum();
    assert!(places >= PLACES_AT_LEAST, "found only {places} places");
    let mut wrong = Vec::new();
    let mut asked = 0;
    for operation in &operations {
        for place in &operation.places {
            for oddity in odd_for(place) {
                let (here, there) = tokio::join!(
                    sqlite.ask(operation, place, &oddity),
                    postgres.ask(operation, place, &oddity)
                );
                asked += 1;
                let told = |wanted: fn(u16) -> bool| wanted(here.status) || wanted(there.status);
                // Throttling depends on the clock, so its answers are left out.
                let differs = here != there && !told(|status| status == 429);
                let turned_away = told(|status| matches!(status, 401 | 403));
                if differs || turned_away || told(|status| status >= 500) {
                    let Operation { method, path, .. } = operation;
                    let what = format!("{method} {path}, {place:?}: {}", oddity.name);
                    wrong.push(format!("{what}\n  sqlite:   {here:?}\n  postgres: {there:?}"));
                }
            }
        }
    }
    println!("{asked} odd values in {places} places");
    assert!(
        wrong.is_empty(),
        "{} of {asked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn odd_for(place: &Place) -> Vec<Oddity> {
    match place {
        Place::Header(_) => HEADERS
            .iter()
            .map(|value| Oddity {
                name: "a header",
                json: value.to_vec(),
                url: String::new(),
            })
            .collect(),
        Place::Path(_) | Place::Query(_) | Place::Json(_) | Place::Form(_) => oddities(),
    }
}
