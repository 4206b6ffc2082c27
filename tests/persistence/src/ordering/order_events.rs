//! An order's events: one for each version, each with the metadata of its command.

use message_bus::{Actor, CommandMeta, Envelope, NewEvent, TraceContext};
use shared_kernel::{
    AggregateRoot, Currency, EventId, Version,
    events::{OrderPlaced, OrderedLine},
};

use super::builders::{NOTHING_LISTED, a_line, an_address, an_order};
use crate::{engines::on_every_engine, event_history::history, stores::OrderingStore};

on_every_engine!(
    ordering:
    each_version_of_an_order_has_one_event,
    an_event_repeats_its_command,
);

async fn each_version_of_an_order_has_one_event(store: OrderingStore) {
    let mut order = an_order(&store.seams).place();
    let line = order.record().lines[0].clone();
    order
        .change_quantity(line.id, line.quantity, &NOTHING_LISTED, store.seams.now())
        .unwrap();
    let id = order.id();
    store.save(order).await.unwrap();
    store
        .change(id, |order| {
            let line = a_line(&store.seams, Currency::Eur);
            let line_id = line.id;
            order.add_line(line, store.seams.now()).unwrap();
            order.remove_line(line_id, store.seams.now()).unwrap();
        })
        .await
        .unwrap();
    store
        .change(id, |order| {
            order
                .confirm(an_address(), &NOTHING_LISTED, store.seams.now())
                .unwrap();
            order.stock_reserved(store.seams.now());
        })
        .await
        .unwrap();
    assert_eq!(
        store.order_history(id).await,
        history(&[
            (1, "OrderPlaced"),
            (2, "OrderLineQuantityChanged"),
            (3, "OrderLineAdded"),
            (4, "OrderLineRemoved"),
            (5, "OrderConfirmed"),
            (6, "OrderStockReserved"),
        ])
    );
    assert_eq!(store.load(id).await.unwrap().version(), Version::new(6));
}

async fn an_event_repeats_its_command(store: OrderingStore) {
    let order = an_order(&store.seams).place();
    let record = order.record().clone();
    let meta = CommandMeta {
        causation_id: Some(EventId::new(store.seams.next_id())),
        actor: Actor::Anonymous,
        trace: TraceContext::from_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .unwrap(),
        ..store.seams.meta()
    };
    let mut unit = store.begin(meta.clone());
    unit.orders().save(order);
    unit.commit(None).await.unwrap();

    let event = store.history.only("OrderPlaced").await;
    let line = &record.lines[0];
    let placed = OrderPlaced {
        order_id: record.id,
        reference: record.reference.to_string(),
        customer_id: record.customer_id,
        currency: record.currency,
        total: record.total().unwrap(),
        lines: vec![OrderedLine {
            product_id: line.product_id,
            product_name: line.product_name.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            stock: line.stock,
        }],
    };
    let expected = NewEvent::delivered(&placed, record.id.uuid(), Version::FIRST).unwrap();
    assert_eq!(event, Envelope::new(expected, event.event_id, "ordering", &meta));
}
