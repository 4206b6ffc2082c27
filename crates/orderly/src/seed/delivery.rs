//! Delivering while the seed works: products reach ordering and inventory, and inventory decides about each order.
//!
//! A running server does it. Without one, it is done here, as a server would, until nothing is left to deliver. Mail of a consumer that no server
//! has started is not sent: mail about an old demo would be unwanted.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;

use crate::{database_location::DatabaseLocation, failure::Failure, installation::Installation};

/// The contexts whose events the seed waits for.
const CONTEXTS: [&str; 3] = [catalog::CONTEXT, "ordering", "inventory"];
/// How long delivery may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the databases are asked: another process may be relaying, and only the database shows its progress.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// Does the work while events are delivered, and waits until all are.
pub(super) async fn while_delivering(
    installation: &Installation,
    location: &DatabaseLocation,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    // If another process serves, it delivers. On a server of databases there may be many: of all that relay a context, one does at a time.
    let served = location.lock_for_serving();
    let mut relays = Vec::new();
    if served.is_ok() {
        for context in CONTEXTS {
            relays.push(
                installation
                    .relay_of(context)
                    .await
                    .map_err(Failure::unavailable)?,
            );
        }
    }
    // Only now: the consumers of orders have begun.
    let published = installation.publish_what_nobody_takes().await;
    published.map_err(Failure::unavailable)?;
    let (stop, stopped) = watch::channel(false);
    let working = async {
        let worked = work.await;
        let told = match &worked {
            Ok(()) => until_all_is_told(installation).await,
            Err(_) => Ok(()),
        };
        stop.send_replace(true);
        worked.and(told)
    };
    let relaying = join_all(relays.into_iter().map(|relay| relay.run(stopped.clone())));
    tokio::join!(working, relaying).0
}

/// Waits until every event of these contexts is published.
pub(super) async fn until_all_is_told(installation: &Installation) -> Result<(), Failure> {
    let told = async {
        for context in CONTEXTS {
            while unpublished(installation, context).await? > 0 {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| {
        let seconds = PATIENCE.as_secs();
        Err(Failure::unavailable(format!(
            "found events that nobody has heard of after {seconds} s, expected none"
        )))
    })
}

async fn unpublished(installation: &Installation, context: &str) -> Result<u64, Failure> {
    let backlog = installation.backlog_of(context).await;
    Ok(backlog.map_err(Failure::unavailable)?.unpublished)
}
