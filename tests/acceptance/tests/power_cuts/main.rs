//! What was acknowledged is on disk: after a power loss at any moment, also after syncs that failed.
#![allow(clippy::print_stdout, reason = "a run tells what it did")]

mod refused_starts;

use acceptance::{
    Binary,
    power_cuts::{Report, cut_power},
    torture::Plan,
};

/// Images in which a known bug has to show, at most.
const IMAGES_OF_A_BUG: u64 = 240;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loss_of_power_takes_nothing_that_was_acknowledged() {
    let report = cut_power(&Binary::released(), Plan::of_images(200)).await;
    println!("power cut, {report}");
    assert!(report.losses.is_empty(), "{report}");
    assert!(report.failed_syncs >= 4, "too few syncs failed: {report}");
    assert!(report.after_failed_syncs > report.images() / 4, "{report}");
    assert!(report.compared > 0, "{report}");
}

/// The bug is a start that reads a log after a failed sync, and builds on what is not on disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_trusts_the_log_is_caught() {
    finds("trusted-log", "is lost").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_syncs_at_checkpoints_only_is_caught() {
    finds("syncs-at-checkpoints-only", "is lost").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_before_the_sync_is_caught() {
    finds("answer-before-commit", "is lost").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_mail_that_is_not_synced_is_caught() {
    finds("unsynced-folders", "is listed as sent and not there").await;
}

/// Looks at images of what a known bug does until something is lost, which has to be this.
async fn finds(canary: &'static str, loss: &str) {
    let report: Report = cut_power(
        &Binary::with_canary(canary),
        Plan::always_of_rounds(IMAGES_OF_A_BUG),
    )
    .await;
    println!("{canary}, {report}");
    assert!(report.losses.iter().any(|lost| lost.contains(loss)), "{report}");
}
