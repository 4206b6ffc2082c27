//! Checks an idle installation: its data are compared with what was acknowledged, and the doctor runs.

use std::collections::{BTreeMap, BTreeSet};

use message_bus::{Actor, LogsCommands, Replay, command_log::answered_before};
use notifications::{Mail, MailKind};
use operations::invariants::doctor::Examination;
use ordering_app::{OrderFilter, OrderView, Ordering};
use shared_kernel::{OrderId, PageRequest, ProductId};

use super::{
    history::History,
    known::{Known, KnownOrder},
    world::World,
};

/// What was there before this history.
pub(super) async fn get_to_know(history: &mut History) {
    for (id, view) in orders(&history.world).await {
        let order = KnownOrder {
            view,
            own: false,
            mails: Vec::new(),
        };
        history.known.orders.insert(id, order);
    }
    for (product, (on_hand, _)) in stock(&history.world).await {
        history.known.on_hand.insert(product, on_hand);
    }
}

/// Everything that has to hold.
pub(super) async fn look(history: &mut History) {
    let now = orders(&history.world).await;
    let ids: BTreeSet<&OrderId> = history.known.orders.keys().collect();
    assert_eq!(
        now.keys().collect::<BTreeSet<_>>(),
        ids,
        "the orders there are, and those that were acknowledged"
    );
    for (id, view) in now {
        let known = history.known.orders.get_mut(&id).unwrap();
        is_what_was_acknowledged(known, &view);
        if known.view.status == "confirmed" && view.status == "cancelled" {
            known.mails.push(MailKind::OrderCancelled);
        }
        known.view = view;
    }
    mails_were_sent_once(&history.known, &history.world.mailer.sent());
    let expected = expected_stock(&history.known);
    assert_eq!(
        stock(&history.world).await,
        expected,
        "stock on hand, and reserved"
    );
    let examinations = history.world.installation().doctor().examine().await.unwrap();
    let found: Vec<&Examination> = examinations
        .iter()
        .filter(|one| !one.findings.is_empty())
        .collect();
    assert!(found.is_empty(), "the doctor found {found:#?}");
}

/// Everything that a caller decided is as it was. Only inventory may have changed something since.
fn is_what_was_acknowledged(known: &KnownOrder, now: &OrderView) {
    let before = &known.view;
    let same = (
        &now.reference,
        &now.lines,
        &now.total,
        &now.shipping_address,
        &now.shipment,
        &now.placed_at,
    ) == (
        &before.reference,
        &before.lines,
        &before.total,
        &before.shipping_address,
        &before.shipment,
        &before.placed_at,
    );
    assert!(
        same && now.version >= before.version,
        "found {now:?}, expected {before:?}"
    );
    match (
        before.status.as_str(),
        now.status.as_str(),
        now.allocation.as_str(),
    ) {
        ("confirmed", "confirmed", "reserved") => {}
        // Confirmed before there was an inventory context.
        ("confirmed", "confirmed", "none") if !known.own => {}
        ("confirmed", "cancelled", "rejected") => {
            let shortages = now
                .cancellation
                .as_ref()
                .map(|cancellation| cancellation.shortages.len());
            assert!(shortages > Some(0), "found {now:?}, expected what was short");
        }
        (before, after, _) => assert!(
            before == after && before != "confirmed",
            "found {now:?}, expected it {before}"
        ),
    }
    if now.status == before.status {
        assert_eq!(now.cancellation, before.cancellation);
    }
}

/// A mail was sent once for each step of an order in this history, and no other; of earlier steps, only for those
/// whose delivery was pending.
fn mails_were_sent_once(known: &Known, sent: &[Mail]) {
    let mut counted: BTreeMap<(OrderId, &str), usize> = BTreeMap::new();
    for mail in sent {
        *counted.entry((mail.order_id, mail.kind.name())).or_default() += 1;
    }
    for (id, order) in &known.orders {
        for kind in [
            MailKind::OrderConfirmed,
            MailKind::OrderShipped,
            MailKind::OrderCancelled,
        ] {
            let count = counted.remove(&(*id, kind.name())).unwrap_or(0);
            let (least, most) = match (order.mails.contains(&kind), order.own) {
                (true, _) => (1, 1),
                (false, true) => (0, 0),
                (false, false) => (0, 1),
            };
            assert!(
                (least..=most).contains(&count),
                "found {count} mails {} about order {id}, expected {least} to {most}: {:?}",
                kind.name(),
                order.view
            );
        }
    }
    assert!(
        counted.is_empty(),
        "found mail about orders that are not there: {counted:?}"
    );
}

/// Units on hand and reserved of each product.
type Stock = BTreeMap<ProductId, (i64, i64)>;

fn expected_stock(known: &Known) -> Stock {
    let mut reserved = known.reserved();
    let on_hand = known.on_hand.iter();
    on_hand
        .map(|(product, on_hand)| (*product, (*on_hand, reserved.remove(product).unwrap_or(0))))
        .collect()
}

async fn stock(world: &World) -> Stock {
    let (mut stock, mut after) = (Stock::new(), None);
    loop {
        let page = world
            .installation()
            .handlers
            .inventory
            .stock(PageRequest { limit: 100, after })
            .await
            .unwrap();
        stock.extend(page.data.iter().map(|item| {
            (
                item.product_id,
                (i64::from(item.on_hand), i64::from(item.reserved)),
            )
        }));
        after = page.next;
        if after.is_none() {
            return stock;
        }
    }
}

async fn orders(world: &World) -> BTreeMap<OrderId, OrderView> {
    let (mut orders, mut after) = (BTreeMap::new(), None);
    loop {
        let page = PageRequest { limit: 100, after };
        let ordering = &world.installation().handlers.ordering;
        let page = ordering.orders(OrderFilter::default(), page, &Actor::Operator);
        let page = page.await.unwrap();
        orders.extend(page.data.into_iter().map(|order| (order.id, order)));
        after = page.next;
        if after.is_none() {
            return orders;
        }
    }
}

/// The recorded answer of a command under this key, looked up as web does.
pub(super) async fn answered_again(ordering: &Ordering, replay: &Replay) -> Option<OrderView> {
    answered_before(ordering.command_log(), replay).await.unwrap()
}
