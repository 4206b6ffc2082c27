//! The server is killed.

use acceptance::{
    Binary, Engine, on_every_engine,
    torture::{Plan, kill_servers},
};

on_every_engine!(
    a_killed_server_loses_nothing_that_it_acknowledged,
    a_server_that_answers_before_it_commits_is_caught,
    a_server_that_moves_positions_apart_from_their_effects_is_caught,
    a_server_that_relays_by_a_cursor_is_caught
);

/// After how many kills a known bug counts as not found. Most show at the first; how much a kill finds under way is chance.
const MOST_KILLS: u64 = 25;

async fn a_killed_server_loses_nothing_that_it_acknowledged(engine: Engine) {
    let report = kill_servers(&Binary::released(), engine, Plan::of_rounds(3, 25)).await;
    println!("{engine:?}, servers killed, {report}");
    assert!(report.is_clean(), "{report}");
    assert!(report.fewest_writes >= 50, "{report}");
    let never = [
        "register",
        "change_email",
        "deactivate",
        "place",
        "add_line",
        "change_quantity",
        "remove_line",
        "confirm",
        "cancel",
        "ship",
        "deliver",
    ]
    .into_iter()
    .find(|command| !report.acknowledged.contains_key(command));
    assert_eq!(never, None, "this command was never acknowledged: {report}");
    assert!(report.mails_afterwards > 0, "no mail was under way: {report}");
    assert!(
        report.unknown_with_effect + report.unknown_without_effect > 0,
        "nothing was under way: {report}"
    );
}

/// If a kill test did not find the bug that it is made to find, it would not find a real one.
async fn a_server_that_answers_before_it_commits_is_caught(engine: Engine) {
    let plan = Plan::always_of_rounds(MOST_KILLS);
    let report = kill_servers(&Binary::with_canary("answer-before-commit"), engine, plan).await;
    println!("{engine:?}, a known bug, {report}");
    assert!(
        !report.losses.is_empty(),
        "nothing was lost that was answered before it was committed: {report}"
    );
}

/// A process that is killed between the two has lost the effect: the event counts as applied.
async fn a_server_that_moves_positions_apart_from_their_effects_is_caught(engine: Engine) {
    let plan = Plan::always_of_rounds(MOST_KILLS);
    let report = kill_servers(&Binary::with_canary("position-apart"), engine, plan).await;
    println!("{engine:?}, a known bug, {report}");
    assert!(!report.losses.is_empty(), "no event was lost: {report}");
}

/// Its cursor has passed what was not yet delivered when it was killed.
async fn a_server_that_relays_by_a_cursor_is_caught(engine: Engine) {
    let plan = Plan::always_of_rounds(MOST_KILLS);
    let report = kill_servers(&Binary::with_canary_that_stays("relay-by-cursor"), engine, plan).await;
    println!("{engine:?}, a known bug, {report}");
    assert!(!report.losses.is_empty(), "no event was lost: {report}");
}
