//! What callers do in a history, each a command that is refused or acknowledged.

use accounts_app::{RegisterUser, Secret};
use catalog::ListProduct;
use inventory_app::AdjustStock;
use message_bus::{Actor, Command, Handles, Replay, UseCaseError};
use notifications::MailKind;
use ordering_app::{
    AddressGiven, CancelOrder, ConfirmOrder, DeliverOrder, LineToOrder, OrderView, PlaceOrder, ShipOrder,
};
use shared_kernel::{Currency, LineStock, Money, Quantity, Role, UserId};

use super::{
    history::History,
    known::{KnownKey, KnownOrder},
    looking,
    world::DAY,
};

impl History {
    /// Sends a command. A refusal changed nothing, which is checked later; anything else would be a fault.
    async fn send<F, C>(
        &self,
        face: &F,
        command: C,
        actor: Actor,
        replay: Option<Replay>,
    ) -> Option<C::Output>
    where
        F: Handles<C> + Sync,
        C: Command,
    {
        let mut meta = self.world.meta(actor);
        meta.replay = replay;
        match face.send(command, meta).await {
            Ok(answer) => Some(answer),
            Err(UseCaseError::Refused(_) | UseCaseError::NotFound(_) | UseCaseError::Conflict(_)) => None,
            Err(UseCaseError::Unavailable(error)) => panic!("{error}"),
        }
    }

    pub(super) async fn register(&mut self) {
        let number = self.known.customers.len();
        let command = RegisterUser {
            email: format!("customer-{number}@example.org").parse().unwrap(),
            password: Secret::new("correct horse battery".to_owned()),
            caller_address: None,
        };
        let accounts = self.world.installation().accounts.clone();
        if let Some(user) = self.send(&*accounts, command, Actor::Anonymous, None).await {
            self.did("users registered", format_args!("{}", user.id));
            self.known.customers.push(user.id);
        }
    }

    pub(super) async fn list(&mut self) {
        let number = self.known.products.len();
        let command = ListProduct {
            sku: format!("AGEING-{number}"),
            name: format!("Product {number}"),
            unit_price: Money::parse("9.99", Currency::Usd).unwrap(),
        };
        let catalog = self.world.installation().catalog.clone();
        if let Some(product) = self.send(&*catalog, command, Actor::Operator, None).await {
            self.did("products listed", format_args!("{}", product.id));
            self.known.products.push(product.id);
            self.known.on_hand.insert(product.id, 0);
        }
    }

    pub(super) async fn adjust(&mut self) {
        let Some(product_id) = self.random.choice(self.known.products.clone()) else {
            return;
        };
        let delta = if self.random.u8(..4) == 0 {
            -self.random.i64(1..4)
        } else {
            self.random.i64(1..20)
        };
        let command = AdjustStock {
            product_id,
            delta,
            reason: "counted".to_owned(),
            expected_on_hand: None,
        };
        let inventory = self.world.installation().handlers.inventory.clone();
        if self
            .send(&*inventory, command, Actor::Operator, None)
            .await
            .is_some()
        {
            self.did("adjustments", format_args!("of {product_id} by {delta}"));
            *self.known.on_hand.entry(product_id).or_default() += delta;
        }
    }

    pub(super) async fn place(&mut self) {
        let Some(customer) = self.random.choice(self.known.customers.clone()) else {
            return;
        };
        let mut lines = Vec::new();
        for _ in 0..self.random.usize(1..=3) {
            if let Some(product_id) = self.random.choice(self.known.products.clone()) {
                lines.push(LineToOrder {
                    product_id,
                    quantity: Quantity::new(self.random.i64(1..=4)).unwrap(),
                    product_name: None,
                    unit_price: None,
                    stock: LineStock::Asked,
                });
            }
        }
        let command = PlaceOrder {
            currency: Currency::Usd,
            lines,
            customer_id: None,
        };
        let replay = self.random.bool().then(|| Replay {
            key: format!("key {}", self.world.ids().next_id()),
            fingerprint: [7; 32],
        });
        let ordering = self.world.installation().handlers.ordering.clone();
        let placed = self
            .send(&*ordering, command.clone(), caller(customer), replay.clone())
            .await;
        let Some(view) = placed else { return };
        self.did("orders placed", format_args!("{}", view.id));
        if let Some(replay) = replay {
            self.known.keys.push(KnownKey {
                replay,
                command,
                answer: view.clone(),
                at: self.world.seconds,
            });
        }
        let order = KnownOrder {
            view,
            own: true,
            mails: Vec::new(),
        };
        self.known.orders.insert(order.view.id, order);
    }

    pub(super) async fn confirm(&mut self) {
        let Some(order_id) = self.known.one_that_is("pending", &mut self.random) else {
            return;
        };
        let shipping_address = AddressGiven {
            street: "12 St James Square".to_owned(),
            city: "London".to_owned(),
            state: String::new(),
            postal_code: "SW1Y 4JH".to_owned(),
            country: "GB".to_owned(),
        };
        let confirm = ConfirmOrder {
            order_id,
            shipping_address,
        };
        if let Some(view) = self.stepped("orders confirmed", confirm).await {
            self.known.stepped(view, Some(MailKind::OrderConfirmed));
        }
    }

    pub(super) async fn cancel(&mut self) {
        let status = if self.random.bool() {
            "pending"
        } else {
            "confirmed"
        };
        let Some(order_id) = self.known.one_that_is(status, &mut self.random) else {
            return;
        };
        let reason = self.random.bool().then(|| "changed their mind".to_owned());
        if let Some(view) = self
            .stepped("orders cancelled", CancelOrder { order_id, reason })
            .await
        {
            self.known.stepped(view, Some(MailKind::OrderCancelled));
        }
    }

    pub(super) async fn ship(&mut self) {
        let Some(order_id) = self.known.one_that_is("confirmed", &mut self.random) else {
            return;
        };
        let ship = ShipOrder {
            order_id,
            carrier: "Royal Mail".to_owned(),
            tracking_number: "RM123456789GB".to_owned(),
        };
        if let Some(view) = self.stepped("orders shipped", ship).await {
            self.known.left(&view);
            self.known.stepped(view, Some(MailKind::OrderShipped));
        }
    }

    pub(super) async fn deliver(&mut self) {
        let Some(order_id) = self.known.one_that_is("shipped", &mut self.random) else {
            return;
        };
        if let Some(view) = self.stepped("orders delivered", DeliverOrder { order_id }).await {
            self.known.stepped(view, None);
        }
    }

    async fn stepped<C>(&mut self, what: &'static str, command: C) -> Option<OrderView>
    where
        C: Command<Output = OrderView>,
        ordering_app::Ordering: Handles<C>,
    {
        let ordering = self.world.installation().handlers.ordering.clone();
        let view = self.send(&*ordering, command, Actor::Operator, None).await?;
        self.did(what, format_args!("{}", view.id));
        Some(view)
    }

    /// Sends a command once more under its key, which is stored for at least a day.
    pub(super) async fn repeat(&mut self) {
        let now = self.world.seconds;
        let fresh = (0..self.known.keys.len()).filter(|&key| now - self.known.keys[key].at < DAY);
        let Some(key) = self.random.choice(fresh.collect::<Vec<_>>()) else {
            return;
        };
        let KnownKey {
            replay,
            command,
            answer,
            at,
        } = &self.known.keys[key];
        let (order, age) = (answer.id, now - at);
        let actor = caller(UserId::new(answer.customer_id.uuid()));
        let ordering = self.world.installation().handlers.ordering.clone();
        let again = looking::answered_again(&ordering, replay).await;
        let again = match again {
            Some(again) => Some(again),
            None => {
                self.send(&*ordering, command.clone(), actor, Some(replay.clone()))
                    .await
            }
        };
        assert_eq!(
            again.as_ref(),
            Some(answer),
            "the key of order {order} was forgotten after {age} s"
        );
        self.did("keys repeated", format_args!("of order {order} after {age} s"));
    }
}

fn caller(id: UserId) -> Actor {
    Actor::User {
        id,
        role: Role::Customer,
    }
}
