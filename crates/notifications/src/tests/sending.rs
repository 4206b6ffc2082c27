//! At least one mail for each event, and one line on the list for all of them.

use message_bus::HandlingError;

use super::*;
use crate::{MailError, NotificationsStore, in_memory::Taken};

const ORDERS: &str = "notifications.orders";

#[tokio::test]
async fn an_address_that_is_not_known_yet_is_waited_for() {
    let office = PostOffice::new();
    let meta = office.delivery(ORDERS, 2, 0);
    let early = office
        .react::<OrderConfirmed>(sample(CONFIRMED), meta.clone())
        .await
        .unwrap_err();
    assert!(
        matches!(HandlingError::from(early), HandlingError::Transient(reason) if reason.contains(ADA)),
        "it is tried again"
    );
    office.register("ada@example.com").await;
    office
        .react::<OrderConfirmed>(sample(CONFIRMED), meta)
        .await
        .unwrap();
    assert_eq!(office.mailer.sent().len(), 1);
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_as_the_same_mail() {
    let office = PostOffice::that_knows_ada().await;
    let lost = MailError::NotNow("connection reset".to_owned());
    office.mailer.fail_next(lost, Taken::Yes);
    let meta = office.delivery(ORDERS, 2, 0);
    let event_id = meta.causation_id.unwrap();
    let error = office
        .react::<OrderConfirmed>(sample(CONFIRMED), meta.clone())
        .await
        .unwrap_err();
    assert_eq!(
        HandlingError::from(error),
        HandlingError::Transient("a dependency failed: connection reset".to_owned())
    );
    assert_eq!(office.store.sent(event_id).await.unwrap(), None);
    office
        .react::<OrderConfirmed>(sample(CONFIRMED), meta)
        .await
        .unwrap();
    let sent = office.mailer.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
    assert!(office.store.sent(event_id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_recipient_who_is_refused_for_good_is_a_refusal_with_its_code() {
    let office = PostOffice::that_knows_ada().await;
    let refused = MailError::Refused {
        recipient: "ada@example.com".parse().unwrap(),
        reason: "550 no such user here".to_owned(),
    };
    office.mailer.fail_next(refused, Taken::No);
    let meta = office.delivery(ORDERS, 2, 0);
    let error = office
        .react::<OrderConfirmed>(sample(CONFIRMED), meta)
        .await
        .unwrap_err();
    assert_eq!(
        HandlingError::from(error),
        HandlingError::Permanent(
            "recipient_refused: mail to ada@example.com was refused for good: 550 no such user here"
                .to_owned()
        )
    );
    assert_eq!(office.mailer.sent(), []);
}
