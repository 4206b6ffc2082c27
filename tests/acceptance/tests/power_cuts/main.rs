//! What was acknowledged is on disk: the power goes at any moment, also after syncs that failed.
#![allow(clippy::print_stdout, reason = "a run tells what it did")]

use acceptance::{
    Binary,
    power_cuts::{Report, cut_power},
    torture::Plan,
};

/// Images in which a known bug has to show, of which most show it.
const IMAGES_OF_A_BUG: u64 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loss_of_power_takes_nothing_that_was_acknowledged() {
    let report = cut_power(&Binary::released(), Plan::of_rounds(200, 5_000)).await;
    println!("power cut, {report}");
    assert!(report.losses.is_empty(), "{report}");
    assert!(report.failed_syncs >= 4, "too few syncs failed: {report}");
    assert!(report.after_failed_syncs > report.images() / 4, "{report}");
    assert!(report.compared > 0, "{report}");
}

/// The start that reads a log after a failed sync, and builds on what is not on disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_trusts_the_log_is_caught() {
    let report = with_bug("trusted-log").await;
    assert!(report.losses.iter().any(|lost| lost.contains("is lost")), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_syncs_at_checkpoints_only_is_caught() {
    let report = with_bug("syncs-at-checkpoints-only").await;
    assert!(report.losses.iter().any(|lost| lost.contains("is lost")), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_before_the_sync_is_caught() {
    let report = with_bug("answer-before-commit").await;
    assert!(report.losses.iter().any(|lost| lost.contains("is lost")), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_mail_that_is_not_synced_is_caught() {
    let report = with_bug("unsynced-folders").await;
    let mail = report.losses.iter().filter(|lost| lost.contains("listed as sent"));
    assert!(mail.count() > 0, "{report}");
}

async fn with_bug(canary: &'static str) -> Report {
    let report = cut_power(&Binary::with_canary(canary), Plan::always_of_rounds(IMAGES_OF_A_BUG)).await;
    println!("{canary}, {report}");
    report
}
