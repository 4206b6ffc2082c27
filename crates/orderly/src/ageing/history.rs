//! One history: what happens to an installation, drawn from a seed.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use accounts_app::{RegisterUser, Secret};
use catalog::ListProduct;
use inventory_app::AdjustStock;
use message_bus::{Actor, Command, Handles, Replay, UseCaseError};
use notifications::{MailError, MailKind, in_memory::Taken};
use ordering_app::{
    AddressGiven, CancelOrder, ConfirmOrder, DeliverOrder, LineToOrder, OrderView, PlaceOrder, ShipOrder,
};
use shared_kernel::{Currency, LineStock, Money, Quantity, Role, UserId};

use super::{
    beginning,
    known::{Known, KnownKey, KnownOrder},
    looking,
    seeds::Counts,
    world::{DAY, World},
};

/// Steps of a history.
const STEPS: usize = 45;
const HOUR: i64 = 60 * 60;

/// What has happened so far, for whoever reads why it ended.
#[derive(Clone, Default)]
pub(super) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn tell(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.lock().unwrap().join("\n"))
    }
}

/// An installation, what is known of it, and what happens next.
pub(super) struct History {
    pub(super) world: World,
    pub(super) known: Known,
    random: fastrand::Rng,
    counts: Counts,
    told: Told,
}

/// Lives through a history. Panics when something does not hold.
pub(super) async fn live(seed: u64, told: Told) -> Counts {
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let beginning = beginning::lay(&mut random, folder.path());
    told.tell(format!("it began with {beginning}"));
    let mut history = History {
        world: World::in_folder(folder),
        known: Known::default(),
        random,
        counts: Counts::new(),
        told,
    };
    history.world.start().await;
    history.world.resume("inventory.orders").await;
    history.world.settle().await;
    looking::get_to_know(&mut history).await;
    looking::look(&mut history).await;
    // Somebody and something to begin with.
    history.register().await;
    history.list().await;
    history.settle().await;
    // In one of three histories it moves.
    let moves_at = history.random.usize(..STEPS * 3);
    for step in 0..STEPS {
        if step == moves_at {
            history.did("moves to PostgreSQL", format_args!(""));
            history.world.move_to_postgres().await;
        }
        history.step().await;
    }
    history.settle().await;
    history.world.stop().await;
    let mails = history.world.mailer.sent().len();
    history.counts.insert("mails", u64::try_from(mails).unwrap());
    history.counts
}

impl History {
    fn did(&mut self, what: &'static str, with: fmt::Arguments<'_>) {
        *self.counts.entry(what).or_default() += 1;
        self.told
            .tell(format!("at {} s: {what} {with}", self.world.seconds));
    }

    async fn step(&mut self) {
        match self.random.u8(..64) {
            0..=1 => self.register().await,
            2..=3 => self.list().await,
            4..=8 => self.adjust().await,
            9..=21 => self.place().await,
            22..=31 => self.confirm().await,
            32..=35 => self.cancel().await,
            36..=39 => self.ship().await,
            40 => self.deliver().await,
            41..=44 => self.repeat().await,
            45..=48 => self.settle().await,
            49..=51 => self.keep().await,
            52..=53 => self.pass().await,
            54..=55 => self.quiet_month().await,
            56..=58 => self.set_clock(),
            59..=61 => self.restart().await,
            _ => self.lose_mail(),
        }
    }

    /// Sends a command. A refusal left nothing, which is looked at later; anything else would be a fault.
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

    async fn register(&mut self) {
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

    async fn list(&mut self) {
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

    async fn adjust(&mut self) {
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
        let inventory = self.world.installation().inventory.clone();
        if self
            .send(&*inventory, command, Actor::Operator, None)
            .await
            .is_some()
        {
            self.did("adjustments", format_args!("of {product_id} by {delta}"));
            *self.known.on_hand.entry(product_id).or_default() += delta;
        }
    }

    async fn place(&mut self) {
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
        let ordering = self.world.installation().ordering.clone();
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

    async fn confirm(&mut self) {
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

    async fn cancel(&mut self) {
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

    async fn ship(&mut self) {
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

    async fn deliver(&mut self) {
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
        let ordering = self.world.installation().ordering.clone();
        let view = self.send(&*ordering, command, Actor::Operator, None).await?;
        self.did(what, format_args!("{}", view.id));
        Some(view)
    }

    /// Sends a command once more under its key, which is kept for at least a day.
    async fn repeat(&mut self) {
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
        let ordering = self.world.installation().ordering.clone();
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

    async fn settle(&mut self) {
        self.world.settle().await;
        self.did("looks", format_args!("when all is delivered"));
        looking::look(self).await;
    }

    async fn keep(&mut self) {
        self.did("passes of retention", format_args!(""));
        self.world.keep().await;
    }

    async fn pass(&mut self) {
        let seconds = self.random.i64(1..12 * HOUR);
        self.did("times that passed", format_args!("{seconds} s"));
        self.world.pass(seconds);
        self.world.keep().await;
    }

    /// A month in which nobody orders: retention empties the logs of what is delivered.
    async fn quiet_month(&mut self) {
        let delivered = self.random.u8(..4) > 0;
        if delivered {
            self.world.settle().await;
        }
        self.did("quiet months", format_args!("everything delivered: {delivered}"));
        for _ in 0..8 {
            self.world.pass(4 * DAY);
            self.world.keep().await;
        }
    }

    fn set_clock(&mut self) {
        let seconds = self.wrong();
        self.did("clocks set", format_args!("by {seconds} s"));
        self.world.set_clock_by(seconds);
    }

    /// How far a clock is wrong: by minutes, hours, days or weeks.
    fn wrong(&mut self) -> i64 {
        let most = self.random.choice([5 * 60, 3 * HOUR, 3 * DAY, 40 * DAY]).unwrap();
        self.random.i64(-most..most)
    }

    async fn restart(&mut self) {
        let off = self.random.choice([1, 60, 5 * HOUR, 3 * DAY]).unwrap();
        let wrong = if self.random.bool() { 0 } else { self.wrong() };
        self.did(
            "restarts",
            format_args!("off for {off} s, and the clock wrong by {wrong} s"),
        );
        self.world.restart(off, wrong).await;
        if self.random.bool() {
            self.world.keep().await;
        }
    }

    /// The mail server takes the next mails at another time.
    fn lose_mail(&mut self) {
        let count = self.random.u8(1..4);
        self.did("mails put off", format_args!("{count}"));
        for _ in 0..count {
            let later = MailError::NotNow("the server is away".to_owned());
            self.world.mailer.fail_next(later, Taken::No);
        }
    }
}

fn caller(id: UserId) -> Actor {
    Actor::User {
        id,
        role: Role::Customer,
    }
}
