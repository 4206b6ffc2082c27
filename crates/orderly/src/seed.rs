//! `orderly seed`: demo users, products and orders, made by the same commands that the API sends.
//!
//! Seeding again adds nothing: users are recognised by their addresses, products by their skus, and of the orders that are wanted in all, those
//! that the demo customers have already are not placed again. Deliberately not here: any way around the use cases.

mod assortment;
mod delivery;
mod demo_users;
mod plan;
mod report;
mod shop;
mod stock;

use std::time::Instant;

use futures_util::{StreamExt, stream};
use message_bus::{Actor, UseCaseError};
use ordering_app::{OrderFilter, Ordering};
use shared_kernel::{CustomerId, PageRequest};

use self::{
    assortment::Assortment,
    delivery::{until_all_is_told, while_delivering},
    demo_users::DemoUsers,
    report::{Report, Speed},
    shop::Shop,
    stock::fill_the_shelves,
};
use crate::{
    command_line::SeedArguments, failure::Failure, installation::Installation, place::Place,
    progress::Progress, settings::Settings,
};

/// How many orders live at the same time: so many share a commit at best.
const AT_ONCE: usize = 256;
/// How many orders are asked for at a time when those that are there are counted.
const PAGE: u32 = 1_000;

/// Brings the installation to what was asked for, beside a running server or without one.
pub(crate) async fn seed(settings: &Settings, arguments: &SeedArguments) -> Result<(), Failure> {
    let place = Place::of(&settings.database_url)?;
    // Two that count what is there at the same time would both add what is missing.
    let _lock = place.lock_for("seed", "seeded").await?;
    let installation = Installation::open(settings, &place).await?;
    let mut report = Report::new(arguments.json);
    let started = Instant::now();
    let filling = fill(&installation, arguments.orders, &mut report);
    let filled = while_delivering(&installation, &place, filling).await;
    for (context, statistics) in installation.close().await {
        if context == "ordering" {
            report.speed = Some(Speed {
                elapsed: started.elapsed(),
                commits: statistics,
            });
        }
    }
    // Also after a failure: the passwords of users that were created are told now or never.
    report.finish()?;
    filled
}

async fn fill(installation: &Installation, orders: u64, report: &mut Report) -> Result<(), Failure> {
    let users = DemoUsers::present_or_created(installation, report).await?;
    let assortment = Assortment::present_or_listed(installation, report).await?;
    let mut present = 0;
    for customer_id in users.customers_from_before() {
        present += count_orders(&installation.ordering, customer_id).await?;
    }
    report.orders_present = present;
    let missing = orders.saturating_sub(present);
    // Nothing can be ordered, nor stored, of which nobody has heard.
    until_all_is_told(installation).await?;
    fill_the_shelves(installation, &assortment, missing).await?;
    if missing == 0 {
        return Ok(());
    }
    let shop = Shop::open(installation, &users, &assortment)?;
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

async fn count_orders(ordering: &Ordering, customer_id: CustomerId) -> Result<u64, UseCaseError> {
    let mut count = 0;
    let mut after = None;
    loop {
        let filter = OrderFilter {
            customer_id: Some(customer_id),
            ..OrderFilter::default()
        };
        let request = PageRequest { limit: PAGE, after };
        let page = ordering.orders(filter, request, &Actor::Operator).await?;
        count += page.data.len() as u64;
        if page.next.is_none() {
            return Ok(count);
        }
        after = page.next;
    }
}
