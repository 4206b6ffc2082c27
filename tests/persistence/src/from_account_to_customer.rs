//! Both contexts of an installation and the relay between them: changes of an account reach its customer, once
//! and in order, through failures.

use std::sync::Arc;

use accounts_app::{ChangeRole, UserView};
use message_bus::Handles;
use operations::{ConsumerDescription, Timelines};
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
    the_story_of_an_account_is_told_across_contexts,
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

/// An account with every kind of event, private ones in between.
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
    here.accounts.face().send(promote, meta).await.unwrap();
    let unpublished = here.accounts_log.unpublished(10).await.unwrap();
    let types: Vec<_> = unpublished
        .iter()
        .map(|event| event.envelope.event_type.as_str())
        .collect();
    assert_eq!(types, ["UserAccountCreated"]);
    assert_eq!(here.accounts_database.backlog().await.unwrap().unpublished, 1);
    assert_eq!(here.accounts.user_history(ada.id).await.len(), 3);
}

async fn a_handler_that_fails_does_not_undo_the_command(here: Installation) {
    let ada = here.register("ada@example.com").await;
    here.relay_without_retries(u32::MAX).await;
    let stored = here.accounts.face().user(ada.id).await.unwrap();
    assert_eq!(stored, ada);
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
    assert_eq!(here.accounts_database.backlog().await.unwrap().unpublished, 4);
    here.relay_until_idle(0).await;
    has_followed(&here, &ada).await;
}

async fn the_story_of_an_account_is_told_across_contexts(here: Installation) {
    let ada = here.register("ada@example.com").await;
    here.relay_until_idle(2).await;
    here.change_password(&ada).await;
    here.move_to(&ada, "ada@lovelace.org").await;
    let subscription = ConsumerDescription {
        consumer: "ordering.users",
        context: "ordering",
        source: "accounts",
        event_types: vec!["UserAccountCreated", "UserEmailChanged"],
    };
    let contexts = vec![
        Arc::clone(&here.accounts_database) as _,
        Arc::clone(&here.ordering_database) as _,
    ];
    here.ordering_database
        .record_beginning("ordering.users", "accounts", 0)
        .await
        .unwrap();
    let timelines = Timelines::new(contexts, vec![subscription]);
    let told = timelines.of("user", ada.id.uuid()).await.unwrap();
    let types: Vec<_> = told
        .entries
        .iter()
        .map(|entry| entry.event_type.as_str())
        .collect();
    assert_eq!(
        types,
        [
            "UserAccountCreated",
            "CustomerRegistered",
            "UserPasswordChanged",
            "UserEmailChanged"
        ]
    );
    let [created, registered, password, email] = told.entries.try_into().unwrap();
    assert_eq!(registered.caused_by, Some(created.event_id));
    assert_eq!(registered.correlation_id, created.correlation_id);
    let [delivery] = created.deliveries.try_into().unwrap();
    assert_eq!(
        (delivery.state.as_str(), delivery.led_to),
        ("applied", vec![registered.event_id])
    );
    assert_eq!(delivery.attempts.len(), 3, "two that failed and one that did not");
    assert!(password.private && password.deliveries.is_empty());
    assert_eq!(email.deliveries[0].state, "pending");
}
