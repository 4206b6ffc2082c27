//! Customers: what is saved is read back, or was refused and not stored.

use message_bus::CommitError;
use ordering_app::CustomerView;
use ordering_domain::{Customer, CustomerRecord, CustomerStatus, CustomerTier};
use shared_kernel::{AggregateRoot, CustomerId, Version};

use crate::{
    engines::on_every_engine,
    event_history::history,
    stores::{OrderingStore, assert_stale},
};

on_every_engine!(
    ordering:
    a_customer_is_read_back_field_by_field,
    a_customer_who_is_not_there_is_nobody,
    a_loaded_customer_is_a_copy,
    a_stale_customer_is_a_conflict_and_nothing_is_written,
    a_customer_is_registered_once,
    customers_may_share_an_address,
    each_version_of_a_customer_has_one_event,
);

fn a_customer(store: &OrderingStore) -> Customer {
    let id = CustomerId::new(store.seams.next_id());
    Customer::register(id, "Ada@Example.com".parse().unwrap())
}

/// All that is stored of a customer, with the spelling of the address.
fn facts(customer: &Customer) -> (CustomerId, String, CustomerTier, CustomerStatus, Version) {
    let CustomerRecord {
        id,
        email,
        tier,
        status,
    } = customer.record();
    (*id, email.as_str().to_owned(), *tier, *status, customer.version())
}

async fn a_customer_is_read_back_field_by_field(store: OrderingStore) {
    for tier in CustomerTier::ALL {
        for status in CustomerStatus::ALL {
            // Closing or opening is what gives this record, which no use case makes yet, a first version.
            let record = CustomerRecord {
                id: CustomerId::new(store.seams.next_id()),
                email: "Zoë.O'Brien@Exämple.com".parse().unwrap(),
                tier,
                status: match status {
                    CustomerStatus::Open => CustomerStatus::Closed,
                    CustomerStatus::Closed => CustomerStatus::Open,
                },
            };
            let mut customer = Customer::rehydrate(record, Version::NEVER_STORED);
            customer.open();
            customer.close();
            if status == CustomerStatus::Open {
                customer.open();
            }
            store.save_customer(customer.clone()).await.unwrap();
            let loaded = store.load_customer(customer.id()).await.unwrap();
            assert!(loaded.changes().is_empty(), "loading is no change");
            assert_eq!(facts(&loaded), facts(&customer));
            let view = store.customer_view(customer.id()).await.unwrap();
            assert_eq!(view, CustomerView::of(&customer));
            assert_eq!(view.email.as_str(), "Zoë.O'Brien@Exämple.com");
        }
    }
}

async fn a_customer_who_is_not_there_is_nobody(store: OrderingStore) {
    store.save_customer(a_customer(&store)).await.unwrap();
    let nobody = CustomerId::new(store.seams.next_id());
    assert!(store.load_customer(nobody).await.is_none());
    assert_eq!(store.customer_view(nobody).await, None);
}

async fn a_loaded_customer_is_a_copy(store: OrderingStore) {
    let customer = a_customer(&store);
    store.save_customer(customer.clone()).await.unwrap();
    let mut unit = store.begin(store.seams.meta());
    let mut loaded = unit.customers().get(customer.id()).await.unwrap().unwrap();
    loaded.close();
    let again = unit.customers().get(customer.id()).await.unwrap().unwrap();
    assert_eq!(facts(&again), facts(&customer));
    unit.commit(None).await.unwrap();
    let stored = store.load_customer(customer.id()).await.unwrap();
    assert_eq!(facts(&stored), facts(&customer));
}

async fn a_stale_customer_is_a_conflict_and_nothing_is_written(store: OrderingStore) {
    let customer = a_customer(&store);
    store.save_customer(customer.clone()).await.unwrap();
    let mut stale = store.load_customer(customer.id()).await.unwrap();
    let mut current = stale.clone();
    current.change_email("ada@lovelace.org".parse().unwrap());
    store.save_customer(current.clone()).await.unwrap();
    stale.close();
    let refused = store.save_customer(stale).await;
    assert_stale(&refused);
    let stored = store.load_customer(customer.id()).await.unwrap();
    assert_eq!(facts(&stored), facts(&current));
    assert_eq!(
        store.customer_history(customer.id()).await,
        history(&[(1, "CustomerRegistered"), (2, "CustomerEmailChanged")])
    );
}

async fn a_customer_is_registered_once(store: OrderingStore) {
    let customer = a_customer(&store);
    let (a, b) = tokio::join!(
        store.save_customer(customer.clone()),
        store.save_customer(customer.clone()),
    );
    match (a, b) {
        (Ok(()), Err(CommitError::AlreadyExists { constraint }))
        | (Err(CommitError::AlreadyExists { constraint }), Ok(())) => assert_eq!(constraint, "customers.id"),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(
        store.customer_history(customer.id()).await,
        history(&[(1, "CustomerRegistered")])
    );
}

async fn customers_may_share_an_address(store: OrderingStore) {
    // Accounts alone decides who has an address; the event of one who gave it up and the event of one who
    // took it may arrive in any order.
    for _ in 0..2 {
        store.save_customer(a_customer(&store)).await.unwrap();
    }
}

async fn each_version_of_a_customer_has_one_event(store: OrderingStore) {
    let mut customer = a_customer(&store);
    customer.change_email("ada@lovelace.org".parse().unwrap());
    customer.close();
    let id = customer.id();
    store.save_customer(customer).await.unwrap();
    let mut loaded = store.load_customer(id).await.unwrap();
    loaded.open();
    store.save_customer(loaded).await.unwrap();
    assert_eq!(
        store.customer_history(id).await,
        history(&[
            (1, "CustomerRegistered"),
            (2, "CustomerEmailChanged"),
            (3, "CustomerClosed"),
            (4, "CustomerOpened"),
        ])
    );
}
