//! The command log: a command repeated under its key gets the first answer, and is carried out once.

use accounts_domain::{StoredUser, User};
use message_bus::{CommandMeta, CommitError, ReplayRecord};
use ordering_app::{OrdersWanted, VisibleTo};
use ordering_domain::{Customer, CustomerRecord, CustomerStatus, CustomerTier};
use shared_kernel::{CustomerId, PageRequest, Version};

use crate::{
    ordering::builders::an_order,
    stores::{AccountsStore, OrderingStore},
};

/// The same contracts for each log that there is: storage's, that of accounts' fake, and the one that the other fakes share. A command here creates the thing of a number, and answers with its name.
macro_rules! commands_are_logged {
    ($store:ident: $Store:ty) => {
        use super::{already_done, answer};
        use message_bus::CommitError;

        crate::engines::on_every_engine!(
            $store:
            a_repetition_gets_the_recorded_answer,
            a_key_used_for_something_else_is_refused,
            of_twins_at_once_one_is_carried_out,
            a_refused_command_leaves_its_key_free,
            a_dropped_command_leaves_its_key_free,
            keys_that_look_alike_are_different,
            an_answer_is_kept_to_the_letter,
        );

        async fn a_repetition_gets_the_recorded_answer(store: $Store) {
            store.create(1, store.seams.with_key("key", 1)).await.unwrap();
            let again = store.create(2, store.seams.with_key("key", 1)).await;
            assert_eq!(already_done(&again), Some(answer(1)), "{again:?}");
            assert_eq!(store.created().await, 1);
        }

        async fn a_key_used_for_something_else_is_refused(store: $Store) {
            store.create(1, store.seams.with_key("key", 1)).await.unwrap();
            let reused = store.create(2, store.seams.with_key("key", 2)).await;
            assert!(matches!(reused, Err(CommitError::ReplayKeyReused)), "{reused:?}");
            assert_eq!(store.created().await, 1);
        }

        async fn of_twins_at_once_one_is_carried_out(store: $Store) {
            let (one, two) = tokio::join!(
                store.create(1, store.seams.with_key("key", 1)),
                store.create(2, store.seams.with_key("key", 1)),
            );
            match (&one, &two) {
                (Ok(()), lost) => assert_eq!(already_done(lost), Some(answer(1)), "{lost:?}"),
                (lost, Ok(())) => assert_eq!(already_done(lost), Some(answer(2)), "{lost:?}"),
                neither => panic!("{neither:?}"),
            }
            assert_eq!(store.created().await, 1);
        }

        async fn a_refused_command_leaves_its_key_free(store: $Store) {
            let refused = store.create_what_was_changed_meanwhile(store.seams.with_key("key", 1)).await;
            assert!(matches!(refused, Err(CommitError::VersionConflict)), "{refused:?}");
            store.create(1, store.seams.with_key("key", 2)).await.unwrap();
            assert_eq!(store.created().await, 1);
        }

        async fn a_dropped_command_leaves_its_key_free(store: $Store) {
            drop(store.begin(store.seams.with_key("key", 1)));
            store.create(1, store.seams.with_key("key", 2)).await.unwrap();
        }

        async fn keys_that_look_alike_are_different(store: $Store) {
            for (number, key) in (1..).zip(["key", "KEY", "key ", "schlüssel", "SCHLÜSSEL"]) {
                store.create(number, store.seams.with_key(key, 1)).await.unwrap();
            }
            assert_eq!(store.created().await, 5);
        }

        async fn an_answer_is_kept_to_the_letter(store: $Store) {
            let odd = "{ \"b\": 1.50,  \"a\": \"é \\u0000 'quoted'\",\n\"b\": null }";
            for expected in [true, false] {
                let replay = store.seams.with_key("key", 1).replay.unwrap();
                let record = message_bus::ReplayRecord {
                    replay,
                    result: if expected { odd.to_owned() } else { String::new() },
                };
                let result = store.begin(store.seams.meta()).commit(Some(record)).await;
                assert_eq!(already_done(&result), (!expected).then(|| odd.to_owned()), "{result:?}");
            }
        }
    };
}

mod in_accounts {
    commands_are_logged!(accounts: crate::stores::AccountsStore);
}

mod in_ordering {
    commands_are_logged!(ordering: crate::stores::OrderingStore);
}

fn answer(number: u8) -> String {
    format!("\"thing {number}\"")
}

fn record(number: u8, meta: &CommandMeta) -> Option<ReplayRecord> {
    meta.replay_record(&format!("thing {number}")).unwrap()
}

fn already_done(result: &Result<(), CommitError>) -> Option<String> {
    match result {
        Err(CommitError::AlreadyDone { result }) => Some(result.clone()),
        Ok(()) | Err(_) => None,
    }
}

impl AccountsStore {
    async fn create(&self, number: u8, meta: CommandMeta) -> Result<(), CommitError> {
        let mut unit = self.begin(meta.clone());
        unit.users()
            .save(self.new_user(&format!("user{number}@example.com")));
        unit.commit(record(number, &meta)).await
    }

    async fn create_what_was_changed_meanwhile(&self, meta: CommandMeta) -> Result<(), CommitError> {
        let mut user = User::restore(StoredUser {
            version: Version::new(7),
            ..self.new_user("user9@example.com").to_stored()
        });
        user.deactivate().unwrap();
        let mut unit = self.begin(meta.clone());
        unit.users().save(user);
        unit.commit(record(9, &meta)).await
    }

    async fn created(&self) -> usize {
        let mut users = 0;
        for number in 0..10 {
            let email = format!("user{number}@example.com").parse().unwrap();
            users += self.face().users_with_email(&email).await.unwrap().len();
        }
        users
    }
}

impl OrderingStore {
    async fn create(&self, number: u8, meta: CommandMeta) -> Result<(), CommitError> {
        let mut unit = self.begin(meta.clone());
        unit.orders().save(an_order(&self.seams).place());
        unit.commit(record(number, &meta)).await
    }

    async fn create_what_was_changed_meanwhile(&self, meta: CommandMeta) -> Result<(), CommitError> {
        let customer = CustomerRecord {
            id: CustomerId::new(self.seams.next_id()),
            email: "ada@example.com".parse().unwrap(),
            tier: CustomerTier::Standard,
            status: CustomerStatus::Open,
        };
        let mut customer = Customer::rehydrate(customer, Version::new(7));
        customer.close();
        let mut unit = self.begin(meta.clone());
        unit.customers().save(customer);
        unit.commit(record(9, &meta)).await
    }

    async fn created(&self) -> usize {
        let all = PageRequest {
            limit: 100,
            after: None,
        };
        let page = self.page(OrdersWanted::default(), all, VisibleTo::Everyone);
        page.await.data.len()
    }
}
