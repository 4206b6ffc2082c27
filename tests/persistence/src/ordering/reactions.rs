//! Reactions to accounts: applied once, repeated without harm, and their position moves even when nothing else does.

use message_bus::{CommandMeta, Conflict, Handles, ReactsTo, UseCaseError};
use ordering_app::{CustomerView, Ordering, PlaceOrder};
use shared_kernel::{
    Currency, CustomerId, EmailAddress, IntegrationEvent, UserId, Version,
    events::{UserAccountCreated, UserDeactivated, UserEmailChanged, UserReactivated},
};

use crate::{engines::on_every_engine, event_history::history, stores::OrderingStore};

on_every_engine!(
    ordering:
    a_new_account_becomes_a_customer,
    a_redelivered_account_changes_nothing,
    an_account_told_of_anew_changes_nothing,
    a_customer_follows_their_account,
    what_is_true_already_moves_the_position_and_nothing_else,
    a_change_waits_for_the_customer_to_be_there,
    a_closed_customer_places_no_orders_until_reopened,
    an_order_may_come_before_its_customer,
);

struct Ada {
    user_id: UserId,
    customer_id: CustomerId,
    face: Ordering,
}

impl Ada {
    fn new(store: &OrderingStore) -> Self {
        let user_id = UserId::new(store.seams.next_id());
        Self {
            user_id,
            customer_id: user_id.into(),
            face: store.face(),
        }
    }

    /// Reacts to version `version` of the account, following the one before.
    async fn hears<E: IntegrationEvent>(
        &self,
        store: &OrderingStore,
        version: u32,
        event: E,
    ) -> Result<(), UseCaseError>
    where
        Ordering: ReactsTo<E>,
    {
        let meta = store.seams.reacting(self.user_id.uuid(), version, version - 1);
        self.face.react(event, meta).await
    }

    fn created(&self) -> UserAccountCreated {
        UserAccountCreated {
            user_id: self.user_id,
            email: "Ada@Example.com".parse().unwrap(),
        }
    }

    fn moved_to(&self, email: &str) -> UserEmailChanged {
        UserEmailChanged {
            user_id: self.user_id,
            email: email.parse().unwrap(),
        }
    }

    fn deactivated(&self) -> UserDeactivated {
        UserDeactivated {
            user_id: self.user_id,
        }
    }

    fn reactivated(&self) -> UserReactivated {
        UserReactivated {
            user_id: self.user_id,
        }
    }

    async fn view(&self) -> CustomerView {
        self.face.customer(self.customer_id).await.unwrap()
    }

    async fn orders_something(&self, store: &OrderingStore) -> Result<(), UseCaseError> {
        let command = PlaceOrder {
            currency: Currency::Gbp,
            lines: vec![],
            customer_id: None,
        };
        let meta: CommandMeta = store.seams.by(self.user_id);
        self.face.send(command, meta).await.map(|_| ())
    }
}

fn is_a_duplicate(result: &Result<(), UseCaseError>) -> bool {
    matches!(result, Err(UseCaseError::Conflict(Conflict::OthersWereFaster)))
}

async fn a_new_account_becomes_a_customer(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.hears(&store, 1, ada.created()).await.unwrap();
    let view = ada.view().await;
    assert_eq!(view.email.as_str(), "Ada@Example.com");
    assert_eq!((view.tier.as_str(), view.status.as_str()), ("standard", "open"));
    assert_eq!(view.version, Version::FIRST);
}

async fn a_redelivered_account_changes_nothing(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.hears(&store, 1, ada.created()).await.unwrap();
    ada.hears(&store, 2, ada.deactivated()).await.unwrap();
    let before = ada.view().await;
    let again = ada.hears(&store, 1, ada.created()).await;
    assert!(is_a_duplicate(&again), "{again:?}");
    assert_eq!(ada.view().await, before);
}

async fn an_account_told_of_anew_changes_nothing(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.hears(&store, 1, ada.created()).await.unwrap();
    let before = ada.view().await;
    ada.hears(&store, 2, ada.created()).await.unwrap();
    assert_eq!(ada.view().await, before);
    let again = ada.hears(&store, 2, ada.created()).await;
    assert!(is_a_duplicate(&again), "the position did not move: {again:?}");
    assert_eq!(
        store.customer_history(ada.customer_id).await,
        history(&[(1, "CustomerRegistered")])
    );
}

async fn a_customer_follows_their_account(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.hears(&store, 1, ada.created()).await.unwrap();
    ada.hears(&store, 2, ada.moved_to("ada@lovelace.org"))
        .await
        .unwrap();
    let moved: EmailAddress = "ada@lovelace.org".parse().unwrap();
    assert_eq!(ada.view().await.email, moved);
    ada.hears(&store, 3, ada.deactivated()).await.unwrap();
    assert_eq!(ada.view().await.status, "closed");
    ada.hears(&store, 4, ada.reactivated()).await.unwrap();
    assert_eq!(ada.view().await.status, "open");
    assert_eq!(
        store.customer_history(ada.customer_id).await,
        history(&[
            (1, "CustomerRegistered"),
            (2, "CustomerEmailChanged"),
            (3, "CustomerClosed"),
            (4, "CustomerOpened"),
        ])
    );
}

async fn what_is_true_already_moves_the_position_and_nothing_else(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.hears(&store, 1, ada.created()).await.unwrap();
    let before = ada.view().await;
    ada.hears(&store, 2, ada.reactivated()).await.unwrap();
    ada.hears(&store, 3, ada.moved_to("Ada@Example.com"))
        .await
        .unwrap();
    assert_eq!(ada.view().await, before);
    let again = ada.hears(&store, 3, ada.deactivated()).await;
    assert!(is_a_duplicate(&again), "the position did not move: {again:?}");
    ada.hears(&store, 4, ada.moved_to("ADA@Example.com"))
        .await
        .unwrap();
    assert_eq!(ada.view().await.email.as_str(), "ADA@Example.com");
}

async fn a_change_waits_for_the_customer_to_be_there(store: OrderingStore) {
    let ada = Ada::new(&store);
    // A consumer that takes only deactivations has no earlier event to wait for.
    let early = async || {
        let meta = store.seams.reacting(store.seams.next_id(), 1, 0);
        ada.face.react(ada.deactivated(), meta).await
    };
    let result = early().await;
    assert!(matches!(result, Err(UseCaseError::Unavailable(_))), "{result:?}");
    ada.hears(&store, 1, ada.created()).await.unwrap();
    early().await.unwrap();
    assert_eq!(ada.view().await.status, "closed");
}

async fn a_closed_customer_places_no_orders_until_reopened(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.hears(&store, 1, ada.created()).await.unwrap();
    ada.orders_something(&store).await.unwrap();
    ada.hears(&store, 2, ada.deactivated()).await.unwrap();
    let refused = ada.orders_something(&store).await;
    assert!(matches!(refused, Err(UseCaseError::Refused(_))), "{refused:?}");
    ada.hears(&store, 3, ada.reactivated()).await.unwrap();
    ada.orders_something(&store).await.unwrap();
}

async fn an_order_may_come_before_its_customer(store: OrderingStore) {
    let ada = Ada::new(&store);
    ada.orders_something(&store).await.unwrap();
    ada.hears(&store, 1, ada.created()).await.unwrap();
    ada.orders_something(&store).await.unwrap();
}
