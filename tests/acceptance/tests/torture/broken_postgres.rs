//! PostgreSQL is killed under the server, or disconnected from it. The server goes on.

use acceptance::{
    Binary,
    torture::{Plan, cut_connections, kill_databases},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_killed_and_comes_back_costs_requests_and_nothing_else() {
    let plan = Plan::of_rounds(1, 5);
    let report = kill_databases(&Binary::released(), plan).await;
    println!("databases killed, {report}");
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.kills, plan.rounds);
    assert!(report.fewest_writes >= 100, "{report}");
    assert!(report.unavailable > 0, "nobody was refused: {report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_before_its_database_commits_is_caught() {
    let plan = Plan::always_of_rounds(3);
    let report = kill_databases(&Binary::with_canary("answer-before-commit"), plan).await;
    println!("databases killed, a known bug, {report}");
    assert!(!report.losses.is_empty(), "nothing was lost: {report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_around_its_commit_leaves_no_doubt_about_any_write() {
    let plan = Plan::of_rounds(10, 100);
    let report = cut_connections(&Binary::released(), plan).await;
    println!("connections cut, {report}");
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.cuts_made(), plan.rounds);
    assert_eq!(report.kinds_of_cuts(), 4, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_an_unanswered_commit_for_a_failed_one_is_caught() {
    let plan = Plan::always_of_rounds(20);
    let report = cut_connections(&Binary::with_canary("give-broken-commits-up"), plan).await;
    println!("connections cut, a known bug, {report}");
    assert!(!report.losses.is_empty(), "nothing was lost: {report}");
}
