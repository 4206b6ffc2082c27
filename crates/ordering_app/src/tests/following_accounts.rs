//! Changes of accounts are applied to customers.

use message_bus::{CommandMeta, Conflict, HandlingError, ReactsTo, UseCaseError};
use shared_kernel::{
    CustomerId, Version,
    events::{UserEmailChanged, UserReactivated},
};

use super::shop::{Shop, account, ada, deactivated};

fn position(shop: &Shop, meta: &CommandMeta) -> Version {
    shop.store.position(&meta.delivery.unwrap())
}

#[tokio::test]
async fn a_customer_follows_the_account() {
    let shop = Shop::new();
    let id = CustomerId::from(ada());
    shop.hears(1, account()).await;
    let registered = shop.ordering.customer(id).await.unwrap();
    assert_eq!(
        (registered.tier.as_str(), registered.status.as_str()),
        ("standard", "open")
    );

    let moved = UserEmailChanged {
        user_id: ada(),
        email: "ada@example.org".parse().unwrap(),
    };
    shop.hears(2, moved).await;
    assert_eq!(
        shop.ordering.customer(id).await.unwrap().email.as_str(),
        "ada@example.org"
    );

    shop.hears(3, deactivated()).await;
    assert_eq!(shop.ordering.customer(id).await.unwrap().status, "closed");
    shop.hears(4, UserReactivated { user_id: ada() }).await;
    let open = shop.ordering.customer(id).await.unwrap();
    assert_eq!((open.status.as_str(), open.version), ("open", Version::new(4)));

    let events = [
        "CustomerRegistered",
        "CustomerEmailChanged",
        "CustomerClosed",
        "CustomerOpened",
    ];
    assert_eq!(shop.events_of(id), events);
}

#[tokio::test]
async fn a_redelivered_event_changes_nothing() {
    let shop = Shop::new();
    let meta = shop.reacting(ada(), 1);
    shop.ordering.react(account(), meta.clone()).await.unwrap();
    let before = shop.ordering.customer(ada().into()).await.unwrap();
    let again = shop.ordering.react(account(), meta.clone()).await;
    assert!(
        matches!(again, Err(UseCaseError::Conflict(Conflict::OthersWereFaster))),
        "{again:?}"
    );
    assert_eq!(shop.ordering.customer(ada().into()).await.unwrap(), before);
    assert_eq!(shop.store.events().len(), 1);
    assert_eq!(position(&shop, &meta), Version::FIRST);
}

#[tokio::test]
async fn a_reaction_with_nothing_to_do_still_moves_the_position() {
    let shop = Shop::new();
    shop.hears(1, account()).await;
    let meta = shop.reacting(ada(), 2);
    shop.ordering
        .react(UserReactivated { user_id: ada() }, meta.clone())
        .await
        .unwrap();
    assert_eq!(
        shop.ordering.customer(ada().into()).await.unwrap().version,
        Version::FIRST
    );
    assert_eq!(position(&shop, &meta), Version::new(2));
    let meta = shop.reacting(ada(), 3);
    shop.ordering.react(account(), meta.clone()).await.unwrap();
    assert_eq!(shop.store.events().len(), 1);
    assert_eq!(position(&shop, &meta), Version::new(3));
}

#[tokio::test]
async fn news_of_a_customer_who_is_missing_is_tried_again() {
    let shop = Shop::new();
    let meta = shop.reacting(ada(), 1);
    let error = shop
        .ordering
        .react(deactivated(), meta.clone())
        .await
        .unwrap_err();
    assert!(matches!(HandlingError::from(error), HandlingError::Transient(_)));
    assert_eq!(position(&shop, &meta), Version::NEVER_STORED);
}
