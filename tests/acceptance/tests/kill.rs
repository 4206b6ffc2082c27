//! What was acknowledged is true, even if the server is killed in the next microsecond.
#![allow(clippy::print_stdout, reason = "a run tells what it did")]

use acceptance::{
    Binary,
    torture::{Plan, run},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_that_it_acknowledged() {
    let report = run(&Binary::released(), Plan::of_rounds(3)).await;
    println!("{report}");
    assert!(report.losses.is_empty() && report.faults.is_empty(), "{report}");
    assert!(report.fewest_per_kill >= 50, "{report}");
    let never = [
        "register",
        "change_email",
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
    assert!(
        report.unknown_with_effect + report.unknown_without_effect > 0,
        "nothing was under way: {report}"
    );
}

/// A kill test that does not find the bug it is made to find would not find a real one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_before_it_commits_is_caught() {
    let rounds = 5;
    let plan = Plan {
        rounds,
        ..Plan::of_rounds(rounds)
    };
    let report = run(&Binary::with_canary("answer-before-commit"), plan).await;
    println!("{report}");
    assert!(
        !report.losses.is_empty(),
        "{rounds} kills lost nothing that was answered before it was committed: {report}"
    );
}
