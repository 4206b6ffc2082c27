//! A shop on a file of its own.

use std::sync::Arc;

use message_bus::{Actor, CommandMeta, Handles};
use ordering_app::{LineToOrder, OrderView, Ordering, PlaceOrder, UnitOfWork};
use shared_kernel::{
    Clock, Currency, IdGenerator, LineStock, Money, Quantity, Role, UserId,
    in_memory::{CountingIds, ManualClock},
};
use storage::{ContextDatabase, DataFolder, sqlite::SqliteContext};

use crate::{OrderingRows, SqliteOrdering, sqlite::MIGRATIONS};

pub(super) struct Shop {
    pub(super) ordering: Ordering,
    store: Arc<SqliteOrdering>,
    pub(super) context: SqliteContext<OrderingRows>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) ids: Arc<CountingIds>,
    folder: DataFolder,
    temporary: tempfile::TempDir,
}

pub(super) fn ada() -> Actor {
    somebody("0197b2c4-6d00-7000-8000-00000000000a", Role::Customer)
}

pub(super) fn bob() -> Actor {
    somebody("0197b2c4-6d00-7000-8000-00000000000b", Role::Customer)
}

pub(super) fn staff() -> Actor {
    somebody("0197b2c4-6d00-7000-8000-00000000000c", Role::Staff)
}

fn somebody(id: &str, role: Role) -> Actor {
    Actor::User {
        id: id.parse::<UserId>().unwrap(),
        role,
    }
}

pub(super) fn a_line(name: &str, quantity: i64) -> LineToOrder {
    LineToOrder {
        product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
        quantity: Quantity::new(quantity).unwrap(),
        product_name: Some(name.to_owned()),
        unit_price: Some(Money::parse("19.99", Currency::Eur).unwrap()),
        stock: LineStock::Asked,
    }
}

impl Shop {
    pub(super) fn new() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Arc::default())
    }

    /// The shop on the same file, after everything was closed.
    pub(super) async fn opened_again(self) -> Self {
        self.context.close().await;
        let Self {
            folder,
            temporary,
            ids,
            ..
        } = self;
        drop(folder);
        Self::open(temporary, ids)
    }

    fn open(temporary: tempfile::TempDir, ids: Arc<CountingIds>) -> Self {
        let folder = DataFolder::open(temporary.path()).unwrap();
        let clock = Arc::new(ManualClock::default());
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let context = SqliteContext::open(&folder, ordering_app::CONTEXT, MIGRATIONS, time).unwrap();
        let store = Arc::new(SqliteOrdering::new(context.clone()));
        let ordering = Ordering::new(store.clone(), Arc::clone(&ids) as Arc<dyn IdGenerator>);
        Self {
            ordering,
            store,
            context,
            clock,
            ids,
            folder,
            temporary,
        }
    }

    pub(super) fn begin(&self) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.store.as_ref(), self.ids.as_ref(), self.meta(staff()))
    }

    pub(super) fn meta(&self, actor: Actor) -> CommandMeta {
        CommandMeta::new(actor, self.clock.now(), self.ids.as_ref())
    }

    /// An order of this customer's. Staff place it, who can call its lines anything.
    pub(super) async fn placed(&self, customer: Actor, lines: Vec<LineToOrder>) -> OrderView {
        let place = PlaceOrder {
            currency: Currency::Eur,
            lines,
            customer_id: customer.user_id().map(Into::into),
        };
        self.ordering.send(place, self.meta(staff())).await.unwrap()
    }
}
