//! The list of mails that were sent.

use message_bus::CommandMeta;
use notifications::{MailError, MailKind, SentMail, in_memory::Taken};
use shared_kernel::{OrderId, UserId, Version};

use super::{NotificationsOn, cancelled, shipped};
use crate::engines::on_every_engine;

on_every_engine!(
    notifications:
    a_mail_stands_on_the_list_as_it_was_sent,
    a_mail_sent_before_a_crash_is_sent_again_as_the_same_and_listed_once,
    the_first_line_on_the_list_stands,
    many_mails_at_once_are_all_on_the_list,
);

const ORDERS: &str = "notifications.orders";

/// An order, and the circumstances of reacting to the first event of it.
fn an_order(on: &NotificationsOn) -> (OrderId, CommandMeta) {
    let order = OrderId::new(on.seams.next_id());
    (order, on.delivery(ORDERS, order.uuid(), (2, 0)))
}

async fn listed(on: &NotificationsOn, meta: &CommandMeta) -> Option<SentMail> {
    on.store.sent(meta.causation_id.unwrap()).await.unwrap()
}

async fn a_mail_stands_on_the_list_as_it_was_sent(on: NotificationsOn) {
    let ada = on.user("Ada@Example.com").await;
    let (order, meta) = an_order(&on);
    on.react(shipped(order, ada), &meta).await.unwrap();
    let event_id = meta.causation_id.unwrap();
    let expected = SentMail {
        event_id,
        order_id: order,
        kind: MailKind::OrderShipped,
        recipient: "Ada@Example.com".parse().unwrap(),
        subject: "Order 7K3M-9QXD shipped".to_owned(),
        message_id: format!("<{event_id}@shop.example>"),
        sent_at: meta.issued_at,
    };
    let found = listed(&on, &meta).await.unwrap();
    assert_eq!(found, expected);
    assert_eq!(
        found.recipient.as_str(),
        "Ada@Example.com",
        "the spelling is kept"
    );

    let next = on.delivery(ORDERS, order.uuid(), (3, 2));
    on.move_to(ada, "ada@lovelace.org", (2, 1)).await.unwrap();
    on.react(cancelled(order, ada), &next).await.unwrap();
    let found = listed(&on, &next).await.unwrap();
    assert_eq!(
        (found.kind, found.recipient.as_str()),
        (MailKind::OrderCancelled, "ada@lovelace.org")
    );
    assert_eq!(
        listed(&on, &meta).await.unwrap(),
        expected,
        "the first line is as it was"
    );
}

async fn a_mail_sent_before_a_crash_is_sent_again_as_the_same_and_listed_once(on: NotificationsOn) {
    let ada = on.user("ada@example.com").await;
    let (order, meta) = an_order(&on);
    // A process that ends between sending and committing does not record that the mail was sent.
    on.mailer
        .fail_next(MailError::NotNow("the process died".to_owned()), Taken::Yes);
    on.react(shipped(order, ada), &meta).await.unwrap_err();
    assert_eq!(listed(&on, &meta).await, None);
    has_position(&on, &meta, Version::NEVER_STORED).await;

    on.react(shipped(order, ada), &meta).await.unwrap();
    let ids: Vec<String> = on
        .mailer
        .sent()
        .iter()
        .map(notifications::Mail::message_id)
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(listed(&on, &meta).await.unwrap().message_id, ids[0]);
    has_position(&on, &meta, Version::new(2)).await;
}

async fn the_first_line_on_the_list_stands(on: NotificationsOn) {
    let ada = on.user("ada@example.com").await;
    let (order, meta) = an_order(&on);
    // As when an operator has made its consumer begin again: the mail is listed, and there is no position.
    let without_a_position = CommandMeta {
        delivery: None,
        ..meta.clone()
    };
    on.react(shipped(order, ada), &without_a_position).await.unwrap();
    let before = listed(&on, &meta).await;
    has_position(&on, &meta, Version::NEVER_STORED).await;
    on.react(shipped(order, ada), &meta).await.unwrap();
    assert_eq!(on.mailer.sent().len(), 1);
    assert_eq!(listed(&on, &meta).await, before);
    has_position(&on, &meta, Version::new(2)).await;
}

async fn many_mails_at_once_are_all_on_the_list(on: NotificationsOn) {
    let ada: UserId = on.user("ada@example.com").await;
    let orders: Vec<_> = (0..50).map(|_| an_order(&on)).collect();
    let sending = orders
        .iter()
        .map(|(order, meta)| on.react(shipped(*order, ada), meta));
    for sent in futures_util::future::join_all(sending).await {
        sent.unwrap();
    }
    assert_eq!(on.mailer.sent().len(), orders.len());
    for (order, meta) in &orders {
        assert_eq!(listed(&on, meta).await.unwrap().order_id, *order);
        has_position(&on, meta, Version::new(2)).await;
    }
}

/// The consumer's position, where that can be read.
async fn has_position(on: &NotificationsOn, meta: &CommandMeta, expected: Version) {
    if let Some(position) = on.position(meta).await {
        assert_eq!(position, expected);
    }
}
