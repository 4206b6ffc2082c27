//! E-mail addresses: the unique index decides which user has one, whatever its case.

use message_bus::CommitError;
use shared_kernel::{AggregateRoot, EmailAddress};

use crate::{engines::on_every_engine, event_history::history, stores::AccountsStore};

on_every_engine!(
    accounts:
    an_address_belongs_to_one_user_however_it_is_cased,
    of_all_who_register_one_address_at_once_one_gets_it,
    an_address_that_is_taken_cannot_be_changed_to,
    an_address_that_was_given_up_is_free,
    ones_own_address_can_be_spelled_anew,
    users_are_found_by_address_however_it_is_cased,
);

fn is_taken(result: &Result<(), CommitError>) -> bool {
    matches!(result, Err(CommitError::AlreadyExists { constraint }) if constraint == "users.email_folded")
}

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

async fn an_address_belongs_to_one_user_however_it_is_cased(store: AccountsStore) {
    store.user("ÅDA@example.com").await;
    let (carol, twin) = (
        store.new_user("carol@example.com"),
        store.new_user("åda@Example.COM"),
    );
    let ids = [carol.id(), twin.id()];
    let mut unit = store.begin(store.seams.meta());
    unit.users().save(carol);
    unit.users().save(twin);
    let refused = unit.commit(None).await;
    assert!(is_taken(&refused), "{refused:?}");
    for id in ids {
        assert_eq!(store.stored(id).await, None);
        assert_eq!(store.user_history(id).await, []);
    }
}

async fn of_all_who_register_one_address_at_once_one_gets_it(store: AccountsStore) {
    let (a, b, c) = tokio::join!(
        store.save(store.new_user("ada@example.com")),
        store.save(store.new_user("Ada@example.com")),
        store.save(store.new_user("ADA@example.com")),
    );
    let results = [a, b, c];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| is_taken(result)).count(), 2);
    let found = store.face().users_with_email(&address("ada@example.com")).await;
    assert_eq!(found.unwrap().len(), 1);
}

async fn an_address_that_is_taken_cannot_be_changed_to(store: AccountsStore) {
    store.user("ada@example.com").await;
    let mut bob = store.user("bob@example.com").await;
    let before = store.stored(bob.id()).await;
    bob.change_email(address("Ada@Example.com")).unwrap();
    let id = bob.id();
    let refused = store.save(bob).await;
    assert!(is_taken(&refused), "{refused:?}");
    assert_eq!(store.stored(id).await, before);
    assert_eq!(
        store.user_history(id).await,
        history(&[(1, "UserAccountCreated")])
    );
}

async fn an_address_that_was_given_up_is_free(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    ada.change_email(address("ada@lovelace.org")).unwrap();
    store.save(ada).await.unwrap();
    let newcomer = store.user("ada@example.com").await;
    let found = store.face().users_with_email(&address("ada@example.com")).await;
    let ids: Vec<_> = found.unwrap().into_iter().map(|view| view.id).collect();
    assert_eq!(ids, [newcomer.id()]);
}

async fn ones_own_address_can_be_spelled_anew(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    ada.change_email(address("Ada@Example.com")).unwrap();
    let id = ada.id();
    store.save(ada).await.unwrap();
    assert_eq!(store.stored(id).await.unwrap().1, "Ada@Example.com");
}

async fn users_are_found_by_address_however_it_is_cased(store: AccountsStore) {
    let ada = store.user("Åda@Example.com").await;
    store.user("bob@example.com").await;
    let asked = address("åDA@eXAMPLE.com");
    let found = store.face().users_with_email(&asked).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, ada.id());
    assert_eq!(found[0].email.as_str(), "Åda@Example.com");
    let mut unit = store.begin(store.seams.meta());
    let loaded = unit.users().with_email(&asked).await.unwrap().unwrap();
    assert_eq!(loaded.id(), ada.id());
    let nobodys = address("nobody@example.com");
    assert!(unit.users().with_email(&nobodys).await.unwrap().is_none());
    assert_eq!(store.face().users_with_email(&nobodys).await.unwrap(), []);
}
