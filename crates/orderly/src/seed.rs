//! `orderly seed`: brings an installation to the demo's users, products, stock and so many orders, beside a running server or without one,
//! and prints what was added.
//!
//! Seeding again adds nothing: orders that the demo customers already have count, and only the missing ones are placed. Deliberately
//! not here: the demo's data (`demo_data`), and any way around the use cases.

mod delivery;
mod report;

use std::time::Instant;

use demo_data::{Assortment, Contexts, DemoUsers, Shop, fill_the_shelves};
use futures_util::{StreamExt, stream};

use self::{
    delivery::{until_all_is_told, while_delivering},
    report::{Report, Speed},
};
use crate::{
    command_line::SeedArguments, database_location::DatabaseLocation, failure::Failure,
    installation::Installation, progress::Progress, settings::Settings,
};

/// How many orders are processed at the same time: at best they all share a commit.
const AT_ONCE: usize = 256;

/// Brings the installation to what was asked for, beside a running server or without one.
pub(crate) async fn seed(settings: &Settings, arguments: &SeedArguments) -> Result<(), Failure> {
    let location = DatabaseLocation::of(&settings.database_url)?;
    // Two that count at the same time would both add what is missing.
    let _lock = location.lock_for("seed", "seeded").await?;
    let installation = Installation::open(settings, &location).await?;
    let mut report = Report::new(arguments.json);
    let started = Instant::now();
    let filling = fill(&installation, arguments.orders, &mut report);
    let filled = while_delivering(&installation, &location, filling).await;
    for (context, statistics) in installation.close().await {
        if context == "ordering" {
            report.speed = Some(Speed {
                elapsed: started.elapsed(),
                commits: statistics,
            });
        }
    }
    // Also after a failure: this is the only time that the passwords of new users are shown.
    report.finish()?;
    filled
}

async fn fill(installation: &Installation, orders: u64, report: &mut Report) -> Result<(), Failure> {
    let contexts = Contexts {
        accounts: &installation.accounts,
        catalog: &installation.catalog,
        inventory: &installation.handlers.inventory,
        ordering: &installation.handlers.ordering,
        clock: installation.clock.as_ref(),
        ids: installation.ids.as_ref(),
    };
    let mut told = |filled| report.note(filled);
    let users = DemoUsers::present_or_created(&contexts, &mut told).await?;
    let assortment = Assortment::present_or_listed(&contexts, &mut told).await?;
    let present = users.orders_from_before(contexts.ordering).await?;
    report.orders_present = present;
    let missing = orders.saturating_sub(present);
    // A product can only be ordered, and stocked, once its event has been applied.
    until_all_is_told(installation).await?;
    fill_the_shelves(&contexts, &assortment, missing).await?;
    if missing == 0 {
        return Ok(());
    }
    let shop = Shop::open(&contexts, &users, &assortment)?;
    let progress = Progress::new(missing, "orders");
    let mut lives = stream::iter(present..orders)
        .map(|number| shop.play(number))
        .buffer_unordered(AT_ONCE);
    while let Some(order) = lives.next().await {
        report.added(order?.status);
        progress.add(1);
    }
    progress.finish();
    Ok(())
}
