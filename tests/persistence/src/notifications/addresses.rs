//! The address book.

use shared_kernel::UserId;

use super::NotificationsOn;
use crate::engines::on_every_engine;

on_every_engine!(
    notifications:
    nobodys_address_is_known_before_they_are,
    an_address_follows_its_user,
    many_users_at_once_have_an_address_each,
);

async fn nobodys_address_is_known_before_they_are(on: NotificationsOn) {
    on.user("ada@example.com").await;
    assert_eq!(on.address(UserId::new(on.seams.next_id())).await, None);
}

async fn an_address_follows_its_user(on: NotificationsOn) {
    let ada = on.user("Ada@Example.com").await;
    let bob = on.user("bob@example.com").await;
    assert_eq!(on.address(ada).await.as_deref(), Some("Ada@Example.com"));
    on.move_to(ada, "ada@lovelace.org", (2, 1)).await.unwrap();
    on.move_to(ada, "Countess@lovelace.org", (5, 2)).await.unwrap();
    assert_eq!(on.address(ada).await.as_deref(), Some("Countess@lovelace.org"));
    assert_eq!(on.address(bob).await.as_deref(), Some("bob@example.com"));
}

async fn many_users_at_once_have_an_address_each(on: NotificationsOn) {
    let emails: Vec<String> = (0..50)
        .map(|number| format!("user{number}@example.com"))
        .collect();
    let users = futures_util::future::join_all(emails.iter().map(|email| on.user(email))).await;
    for (user, email) in users.into_iter().zip(emails) {
        assert_eq!(on.address(user).await, Some(email));
    }
}
