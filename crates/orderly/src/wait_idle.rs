//! `orderly wait-idle`: until every event is delivered.

use std::{sync::Arc, time::Duration};

use operations::{Backlog, ContextOperations};

use crate::{databases::Databases, failure::Failure, settings::Settings};

/// How often the databases are asked: another process delivers, and only they show its progress.
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// Waits until nothing is left to do, `timeout` seconds at most.
pub(crate) async fn wait_idle(settings: &Settings, timeout: u64) -> Result<(), Failure> {
    let databases = Databases::of_an_installation(settings).await?;
    let contexts = databases.contexts();
    let waited = tokio::time::timeout(Duration::from_secs(timeout), until_idle(&contexts)).await;
    let left = match waited {
        Ok(result) => result.map(|()| None),
        Err(_) => backlogs(&contexts).await.map(Some),
    };
    databases.close().await;
    match left? {
        None => Ok(()),
        Some(left) => Err(Failure::check(format!(
            "not idle after {timeout} s: {} events unpublished, {} deliveries unfinished",
            left.unpublished, left.unfinished
        ))),
    }
}

/// Waits until nothing is left to do.
pub(crate) async fn until_idle(contexts: &[Arc<dyn ContextOperations>]) -> Result<(), Failure> {
    // Twice in a row: after one context was asked, work may have moved to one that was asked before.
    let mut idle_before = false;
    loop {
        let idle = backlogs(contexts).await?.is_empty();
        if idle && idle_before {
            return Ok(());
        }
        idle_before = idle;
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

async fn backlogs(contexts: &[Arc<dyn ContextOperations>]) -> Result<Backlog, Failure> {
    let mut sum = Backlog::default();
    for context in contexts {
        let backlog = context.backlog().await.map_err(Failure::unavailable)?;
        sum.unpublished += backlog.unpublished;
        sum.unfinished += backlog.unfinished;
    }
    Ok(sum)
}
