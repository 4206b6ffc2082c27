//! Waiting until ordering has heard of every product: nothing can be ordered before.
//!
//! Where nobody serves, the catalogue's events are relayed here meanwhile, as a server would do it. No other context's are: mail, for
//! one, is for the server to send.

use std::time::Duration;

use tokio::sync::watch;

use crate::{failure::Failure, installation::Installation, place::Place};

/// How long hearing may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the database is asked: another process may be relaying, and nothing tells of its progress but the database.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// Waits until every event of the catalogue is published.
pub(super) async fn until_ordering_knows_the_products(
    installation: &Installation,
    place: &Place,
) -> Result<(), Failure> {
    if all_published(installation).await? {
        return Ok(());
    }
    // On a server there may be others: of all who relay a context, one does at a time.
    let Ok(_lock) = place.lock_for_serving() else {
        return until_published(installation).await;
    };
    let relay = installation.relay_of(catalog::CONTEXT).await;
    let relay = relay.map_err(Failure::unavailable)?;
    let (stop, stopped) = watch::channel(false);
    let waiting = async {
        let published = until_published(installation).await;
        stop.send_replace(true);
        published
    };
    let (published, ()) = tokio::join!(waiting, relay.run(stopped));
    published
}

async fn until_published(installation: &Installation) -> Result<(), Failure> {
    let published = async {
        while !all_published(installation).await? {
            tokio::time::sleep(ASK_AGAIN).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, published)
        .await
        .unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Err(Failure::unavailable(format!(
                "found products that ordering has not heard of after {seconds} s, expected none"
            )))
        })
}

async fn all_published(installation: &Installation) -> Result<bool, Failure> {
    let backlog = installation.backlog_of(catalog::CONTEXT).await;
    Ok(backlog.map_err(Failure::unavailable)?.unpublished == 0)
}
