//! What the doctor finds: nothing where all is well, and each thing that was made not to hold.

use std::sync::Arc;

use event_delivery::{DeliveryState, PendingDelivery};
use message_bus::Delivery;
use operations::{
    ConsumerDescription, Doctor,
    invariants::doctor::{Examination, Invariant},
};
use shared_kernel::{EventId, Version};
use uuid::Uuid;

use super::Pending;
use crate::{engines::on_every_database, installation::Installation};

on_every_database!(
    installation:
    where_all_is_well_nothing_is_found,
    an_event_that_was_marked_and_never_delivered_is_found,
    a_held_event_is_no_finding,
    a_consumer_ahead_of_its_source_is_found,
    what_ended_beyond_its_position_is_found,
    an_event_that_stays_unpublished_is_found,
);

fn subscription() -> ConsumerDescription {
    ConsumerDescription {
        consumer: "ordering.users",
        context: "ordering",
        source: "accounts",
        event_types: vec!["UserAccountCreated", "UserEmailChanged"],
    }
}

async fn examined(here: &Installation) -> Vec<Examination> {
    let contexts = vec![
        Arc::clone(&here.accounts_database) as _,
        Arc::clone(&here.ordering_database) as _,
    ];
    let doctor = Doctor::new(contexts, vec![subscription()], here.ordering.seams.clock());
    let examined = doctor.examine().await.unwrap();
    assert_eq!(examined.len(), 2 * 4 + 1);
    for examination in &examined {
        let by_amcheck = examination.invariant == Invariant::SoundFiles;
        assert!(by_amcheck || examination.not_checked.is_none(), "{examination:?}");
    }
    examined
}

/// Everything that was found, by invariant.
async fn found(here: &Installation) -> Vec<(Invariant, String)> {
    let findings = examined(here).await.into_iter().flat_map(|examination| {
        let invariant = examination.invariant;
        examination
            .findings
            .into_iter()
            .map(move |finding| (invariant, finding.detail))
    });
    findings.collect()
}

async fn begun(here: &Installation) {
    here.ordering_database
        .record_beginning("ordering.users", "accounts", 0)
        .await
        .unwrap();
}

async fn where_all_is_well_nothing_is_found(here: Installation) {
    begun(&here).await;
    for name in ["ada", "bob"] {
        let user = here.register(&format!("{name}@example.com")).await;
        here.change_password(&user).await;
        here.move_to(&user, &format!("{name}@example.org")).await;
    }
    here.relay_until_idle(1).await;
    assert_eq!(found(&here).await, []);
}

async fn an_event_that_was_marked_and_never_delivered_is_found(here: Installation) {
    begun(&here).await;
    here.register("ada@example.com").await;
    let lost = here.accounts_database.unpublished(1).await.unwrap();
    assert!(here.accounts_database.may_relay().await.unwrap());
    here.accounts_database.mark_published(vec![lost[0].sequence]);
    while !here.accounts_database.unpublished(1).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let found = found(&here).await;
    let expected = "found version 1 published, neither applied nor held; the consumer stands at 0";
    assert_eq!(found, [(Invariant::Delivered, expected.to_owned())]);
}

async fn a_held_event_is_no_finding(here: Installation) {
    begun(&here).await;
    here.register("ada@example.com").await;
    here.relay_without_retries(1).await;
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 1);
    assert_eq!(found(&here).await, []);
}

async fn a_consumer_ahead_of_its_source_is_found(here: Installation) {
    begun(&here).await;
    let user = here.register("ada@example.com").await;
    here.relay_until_idle(0).await;
    let mut meta = here.ordering.seams.meta();
    meta.delivery = Some(Delivery {
        consumer: "ordering.users",
        event_id: EventId::new(Uuid::from_u128(9)),
        aggregate_id: user.id.uuid(),
        version: Version::new(9),
        previous_version: Version::new(1),
    });
    here.ordering.begin(meta).commit(None).await.unwrap();
    let found = found(&here).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]
            .1
            .starts_with("found the consumer at version 9, and the log of accounts ends at 1"),
        "{found:?}"
    );
}

async fn what_ended_beyond_its_position_is_found(here: Installation) {
    begun(&here).await;
    let pending = Pending::new(&here).await;
    let ended = PendingDelivery {
        state: DeliveryState::Done,
        ..pending.delivery(3)
    };
    here.ordering_database.hold(&ended, None).await.unwrap();
    let found = found(&here).await;
    let expected = "found version 3 done and the consumer at 0; expected it at 3 or later";
    assert_eq!(found, [(Invariant::InOrder, expected.to_owned())]);
}

async fn an_event_that_stays_unpublished_is_found(here: Installation) {
    begun(&here).await;
    here.register("ada@example.com").await;
    assert_eq!(found(&here).await, [], "it may be on its way");
    here.ordering.seams.advance_seconds(61);
    let found = found(&here).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, Invariant::Published);
}
