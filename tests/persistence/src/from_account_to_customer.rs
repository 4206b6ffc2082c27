//! Both contexts of an installation and the relay between them: what happens to an account reaches its customer,
//! once and in order, through failures.

use accounts_app::{ChangeRole, UserView};
use message_bus::Handles;
use shared_kernel::Role;

use crate::{engines::on_every_database, event_history::history, installation::Installation};

on_every_database!(
    installation:
    a_registered_user_becomes_a_customer,
    a_customer_follows_every_change_in_order,
    private_events_are_never_handed_to_the_relay,
    a_handler_that_fails_does_not_undo_the_command,
    a_handler_that_fails_is_retried_until_it_works_and_nothing_overtakes,
    one_users_failing_delivery_does_not_hold_up_another,
    events_published_again_change_nothing,
);

async fn a_registered_user_becomes_a_customer(here: Installation) {
    let ada = here.register("Ada@Example.com").await;
    here.relay_until_idle(0).await;
    let customer = here.customer(&ada).await;
    assert_eq!(customer.email.as_str(), "Ada@Example.com");
    assert_eq!(
        (customer.tier.as_str(), customer.status.as_str()),
        ("standard", "open")
    );
}

/// An account to which everything has happened that can, private events in between.
async fn a_moved_life(here: &Installation) -> UserView {
    let ada = here.register("ada@example.com").await;
    everything_happens_to(here, &ada).await;
    ada
}

async fn everything_happens_to(here: &Installation, ada: &UserView) {
    here.move_to(ada, "ada@lovelace.org").await;
    here.change_password(ada).await;
    here.deactivate(ada).await;
    here.reactivate(ada).await;
    here.move_to(ada, "countess@lovelace.org").await;
    here.deactivate(ada).await;
}

async fn has_followed(here: &Installation, ada: &UserView) {
    let customer = here.customer(ada).await;
    assert_eq!(customer.email.as_str(), "countess@lovelace.org");
    assert_eq!(customer.status, "closed");
    assert_eq!(
        here.customer_history(ada).await,
        history(&[
            (1, "CustomerRegistered"),
            (2, "CustomerEmailChanged"),
            (3, "CustomerClosed"),
            (4, "CustomerOpened"),
            (5, "CustomerEmailChanged"),
            (6, "CustomerClosed"),
        ])
    );
}

async fn a_customer_follows_every_change_in_order(here: Installation) {
    let ada = a_moved_life(&here).await;
    here.relay_until_idle(0).await;
    has_followed(&here, &ada).await;
}

async fn private_events_are_never_handed_to_the_relay(here: Installation) {
    let ada = here.register("ada@example.com").await;
    here.change_password(&ada).await;
    let promote = ChangeRole {
        user_id: ada.id,
        role: Role::Staff,
    };
    let meta = here.accounts.seams.meta();
    here.accounts.face().handle(promote, meta).await.unwrap();
    let unpublished = here.accounts_log.unpublished(10).await.unwrap();
    let types: Vec<_> = unpublished
        .iter()
        .map(|event| event.envelope.event_type.as_str())
        .collect();
    assert_eq!(types, ["UserAccountCreated"]);
    assert_eq!(here.accounts_operations.backlog().await.unwrap().unpublished, 1);
    assert_eq!(here.accounts.user_history(ada.id).await.len(), 3);
}

async fn a_handler_that_fails_does_not_undo_the_command(here: Installation) {
    let ada = here.register("ada@example.com").await;
    here.relay_without_retries(u32::MAX).await;
    let stored = here.accounts.queries.user(ada.id).await.unwrap();
    assert_eq!(stored, Some(ada.clone()));
    assert!(here.ordering.load_customer(ada.id.into()).await.is_none());
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 1);
    here.relay_until_idle(0).await;
    assert_eq!(here.customer(&ada).await.email, ada.email);
}

async fn a_handler_that_fails_is_retried_until_it_works_and_nothing_overtakes(here: Installation) {
    let ada = here.register("ada@example.com").await;
    here.relay_until_idle(0).await;
    everything_happens_to(&here, &ada).await;
    // The first change fails once. Those behind it would work, and must not.
    here.relay_without_retries(1).await;
    assert_eq!(
        here.customer_history(&ada).await,
        history(&[(1, "CustomerRegistered")])
    );
    here.relay_until_idle(5).await;
    has_followed(&here, &ada).await;
}

async fn one_users_failing_delivery_does_not_hold_up_another(here: Installation) {
    let ada = here.register("ada@example.com").await;
    here.relay_without_retries(1).await;
    let bob = here.register("bob@example.com").await;
    here.move_to(&bob, "bob@example.org").await;
    here.relay_without_retries(0).await;
    assert_eq!(here.customer(&bob).await.email.as_str(), "bob@example.org");
    assert!(here.ordering.load_customer(ada.id.into()).await.is_none());
    here.relay_until_idle(0).await;
    assert_eq!(here.customer(&ada).await.email, ada.email);
}

async fn events_published_again_change_nothing(here: Installation) {
    let ada = a_moved_life(&here).await;
    here.relay_until_idle(0).await;
    let types = ["UserAccountCreated", "UserEmailChanged", "UserReactivated"].map(str::to_owned);
    here.accounts_log.publish_again(types.into()).await.unwrap();
    assert_eq!(here.accounts_operations.backlog().await.unwrap().unpublished, 4);
    here.relay_until_idle(0).await;
    has_followed(&here, &ada).await;
}
