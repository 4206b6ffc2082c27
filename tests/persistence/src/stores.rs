//! A context's ports on some engine, and what many contracts do with them.

use std::sync::Arc;

use accounts_app::{
    Accounts, AccountsPorts,
    in_memory::{TransparentAccessTokens, TransparentPasswords, TransparentRefreshTokens},
};
use accounts_domain::{PasswordHash, StoredUser, User};
use message_bus::{CommandMeta, CommitError};
use ordering_app::{CustomerView, OrderPosition, OrderView, Ordering, OrdersWanted, UnitOfWork, VisibleTo};
use ordering_domain::{Customer, Order};
use shared_kernel::{AggregateRoot, CustomerId, OrderId, Page, PageRequest, Role, UserId};

use crate::{event_history::EventHistory, seams::Seams};

/// A context's store on some engine, with the time, the ids and the event log of its test.
pub(crate) struct On<P: ?Sized> {
    pub(crate) port: Arc<P>,
    pub(crate) history: EventHistory,
    pub(crate) seams: Seams,
    _ground: Box<dyn Send + Sync>,
}

impl<P: ?Sized> On<P> {
    /// `ground` is what the store is in: the folder or the database that is removed after the store.
    pub(crate) fn new(
        port: Arc<P>,
        history: EventHistory,
        seams: Seams,
        ground: impl Send + Sync + 'static,
    ) -> Self {
        Self {
            port,
            history,
            seams,
            _ground: Box::new(ground),
        }
    }
}

/// A commit was refused, since another one came first.
#[track_caller]
pub(crate) fn assert_stale(result: &Result<(), CommitError>) {
    assert!(matches!(result, Err(CommitError::VersionConflict)), "{result:?}");
}

/// A commit was refused for what is unique and there already.
#[track_caller]
pub(crate) fn assert_exists_already(result: &Result<(), CommitError>, expected: &str) {
    match result {
        Err(CommitError::AlreadyExists { constraint }) => assert_eq!(constraint, expected),
        unexpected => panic!("{unexpected:?}"),
    }
}

/// Of commits of one version one was made, and the others are stale.
#[track_caller]
pub(crate) fn assert_one_wins(results: &[Result<(), CommitError>]) {
    let (won, lost): (Vec<_>, Vec<_>) = results.iter().partition(|result| result.is_ok());
    assert_eq!(won.len(), 1, "{results:?}");
    lost.into_iter().for_each(assert_stale);
}

/// Accounts on some engine.
pub(crate) type AccountsStore = On<dyn accounts_app::AccountsStore>;

/// Ordering on some engine.
pub(crate) type OrderingStore = On<dyn ordering_app::OrderingStore>;

impl AccountsStore {
    /// The context over this store; passwords and tokens cost nothing.
    pub(crate) fn face(&self) -> Accounts {
        Accounts::new(AccountsPorts {
            store: Arc::clone(&self.port),
            passwords: Arc::new(TransparentPasswords::default()),
            access_tokens: Arc::new(TransparentAccessTokens),
            refresh_tokens: Arc::new(TransparentRefreshTokens::new(self.seams.ids())),
            clock: self.seams.clock(),
            ids: self.seams.ids(),
        })
    }

    pub(crate) fn begin(&self, meta: CommandMeta) -> accounts_app::UnitOfWork<'_> {
        accounts_app::UnitOfWork::begin(self.port.as_ref(), self.seams.source_of_ids(), meta)
    }

    /// A user who is not stored yet.
    pub(crate) fn new_user(&self, email: &str) -> User {
        User::register(
            UserId::new(self.seams.next_id()),
            email.parse().unwrap(),
            PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
            Role::Customer,
            self.seams.now(),
        )
    }

    /// A user who is stored, as a unit of work loads them.
    pub(crate) async fn user(&self, email: &str) -> User {
        let user = self.new_user(email);
        let id = user.id();
        self.save(user).await.unwrap();
        self.load(id).await.unwrap()
    }

    pub(crate) async fn save(&self, user: User) -> Result<(), CommitError> {
        let mut unit = self.begin(self.seams.meta());
        unit.users().save(user);
        unit.commit(None).await
    }

    pub(crate) async fn load(&self, id: UserId) -> Option<User> {
        let mut unit = self.begin(self.seams.meta());
        unit.users().get(id).await.unwrap()
    }

    /// What is stored of a user, with the spelling of the address: addresses compare without it.
    pub(crate) async fn stored(&self, id: UserId) -> Option<(StoredUser, String)> {
        Some(spelled(self.load(id).await?.to_stored()))
    }

    /// The types of a user's events, each with its version.
    pub(crate) async fn user_history(&self, id: UserId) -> Vec<(u32, String)> {
        self.history.of("user", id.uuid()).await
    }
}

pub(crate) fn spelled(user: StoredUser) -> (StoredUser, String) {
    let spelling = user.email.as_str().to_owned();
    (user, spelling)
}

impl OrderingStore {
    /// The context over this store.
    pub(crate) fn face(&self) -> Ordering {
        Ordering::new(Arc::clone(&self.port), self.seams.ids())
    }

    pub(crate) fn begin(&self, meta: CommandMeta) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.port.as_ref(), self.seams.source_of_ids(), meta)
    }

    /// Saves an order that is new. One that is stored is changed by [`Self::change`].
    pub(crate) async fn save(&self, order: Order) -> Result<(), CommitError> {
        let mut unit = self.begin(self.seams.meta());
        unit.orders().save(order);
        unit.commit(None).await
    }

    /// Loads an order, changes it and saves it, in one unit of work.
    pub(crate) async fn change(
        &self,
        id: OrderId,
        change: impl FnOnce(&mut Order),
    ) -> Result<(), CommitError> {
        let mut unit = self.begin(self.seams.meta());
        let mut order = unit.orders().get(id, VisibleTo::Everyone).await?.unwrap();
        change(&mut order);
        unit.orders().save(order);
        unit.commit(None).await
    }

    pub(crate) async fn load(&self, id: OrderId) -> Option<Order> {
        let mut unit = self.begin(self.seams.meta());
        unit.orders().get(id, VisibleTo::Everyone).await.unwrap()
    }

    pub(crate) async fn view(&self, id: OrderId, visible_to: VisibleTo) -> Option<OrderView> {
        let stored = self.port.order(id, visible_to).await.unwrap()?;
        Some(OrderView::of_record(stored.record, stored.version).unwrap())
    }

    pub(crate) async fn page(
        &self,
        wanted: OrdersWanted,
        page: PageRequest<OrderPosition>,
        visible_to: VisibleTo,
    ) -> Page<OrderView, OrderPosition> {
        let orders = self.port.orders(wanted, page, visible_to).await.unwrap();
        let views = orders
            .into_iter()
            .map(|stored| OrderView::of_record(stored.record, stored.version));
        let views = views.collect::<Result<_, _>>().unwrap();
        Page::of(views, page.limit, OrderView::position)
    }

    pub(crate) async fn customer_view(&self, id: CustomerId) -> Option<CustomerView> {
        let stored = self.port.customer(id).await.unwrap()?;
        Some(CustomerView::of_record(stored.record, stored.version))
    }

    pub(crate) async fn save_customer(&self, customer: Customer) -> Result<(), CommitError> {
        let mut unit = self.begin(self.seams.meta());
        unit.customers().save(customer);
        unit.commit(None).await
    }

    pub(crate) async fn load_customer(&self, id: CustomerId) -> Option<Customer> {
        let mut unit = self.begin(self.seams.meta());
        unit.customers().get(id).await.unwrap()
    }

    /// The types of an order's events, each with its version.
    pub(crate) async fn order_history(&self, id: OrderId) -> Vec<(u32, String)> {
        self.history.of("order", id.uuid()).await
    }

    /// The types of a customer's events, each with its version.
    pub(crate) async fn customer_history(&self, id: CustomerId) -> Vec<(u32, String)> {
        self.history.of("customer", id.uuid()).await
    }
}
