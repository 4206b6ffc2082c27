//! The demo shop at work: places an order and takes it through its steps, by the commands that the API would send.

use std::time::Duration;

use message_bus::{Actor, Command, CommandMeta, Handles, Unavailable, UseCaseError};
use ordering_app::{CancelOrder, ConfirmOrder, DeliverOrder, OrderView, Ordering, PlaceOrder, ShipOrder};
use shared_kernel::{Clock, IdGenerator, OrderId, Role, UserId};

use crate::{
    Contexts, DemoError,
    assortment::{Assortment, OnOffer},
    demo_users::{CustomerProfile, DemoUsers},
    plan::{self, Step, turned},
};

/// How often a command is sent again when a server on the same files is busy: for more than a minute.
const PATIENCE: u32 = 60;

/// How long inventory may take to decide about an order.
const HEARING: Duration = Duration::from_secs(60);

const CARRIERS: [&str; 4] = ["Royal Mail", "DHL", "India Post", "UPS"];

/// A customer who orders, and what they can order.
struct Customer {
    id: UserId,
    profile: &'static CustomerProfile,
    on_offer: Vec<OnOffer>,
}

/// The shop, and who takes part in it.
pub struct Shop<'a> {
    ordering: &'a Ordering,
    clock: &'a dyn Clock,
    ids: &'a dyn IdGenerator,
    customers: Vec<Customer>,
    sender: Actor,
}

impl<'a> Shop<'a> {
    /// The shop, for the demo users who are still active.
    ///
    /// # Errors
    /// [`DemoError::Unfit`] when no customer can order, or nothing can be ordered.
    pub fn open(
        contexts: &Contexts<'a>,
        users: &DemoUsers,
        assortment: &Assortment,
    ) -> Result<Self, DemoError> {
        let customers = users.active_customers().into_iter();
        let customers: Vec<Customer> = customers
            .map(|(id, profile)| Customer {
                id,
                profile,
                on_offer: assortment.in_currency(profile.currency),
            })
            .collect();
        if customers.iter().any(|customer| customer.on_offer.is_empty()) {
            return Err(DemoError::Unfit(
                "found a currency without any demo product, expected one that can be ordered".to_owned(),
            ));
        }
        if customers.is_empty() {
            return Err(DemoError::Unfit(
                "found every demo customer deactivated, expected one who can order".to_owned(),
            ));
        }
        Ok(Self {
            ordering: contexts.ordering,
            clock: contexts.clock,
            ids: contexts.ids,
            customers,
            sender: users.sender(),
        })
    }

    /// Takes the order with this number through its planned steps.
    ///
    /// # Errors
    /// [`UseCaseError`] when a command of it fails.
    pub async fn play(&self, number: u64) -> Result<OrderView, UseCaseError> {
        let Some(Customer {
            id,
            profile,
            on_offer,
        }) = turned(&self.customers, number)
        else {
            return Err(UseCaseError::defect("a shop without customers was opened"));
        };
        let customer = Actor::User {
            id: *id,
            role: Role::Customer,
        };
        let place = PlaceOrder {
            currency: profile.currency,
            lines: plan::lines(number, on_offer).map_err(UseCaseError::defect)?,
            customer_id: None,
        };
        let mut order = self.send(place, &customer).await?;
        for step in plan::steps(number) {
            let order_id = order.id;
            order = match *step {
                Step::Confirm => {
                    let shipping_address = profile.address();
                    let confirm = ConfirmOrder {
                        order_id,
                        shipping_address,
                    };
                    self.send(confirm, &customer).await?;
                    self.settled(order_id, &customer).await?
                }
                Step::Ship => {
                    let ship = ShipOrder {
                        order_id,
                        carrier: turned(&CARRIERS, number).copied().unwrap_or_default().to_owned(),
                        tracking_number: format!("DEMO{number:09}"),
                    };
                    self.send(ship, &self.sender).await?
                }
                Step::Deliver => self.send(DeliverOrder { order_id }, &self.sender).await?,
                Step::Cancel(reason) => {
                    let reason = Some(reason.to_owned());
                    self.send(CancelOrder { order_id, reason }, &customer).await?
                }
            };
            // There was no stock for it.
            if order.status == "cancelled" {
                break;
            }
        }
        Ok(order)
    }

    /// The order once inventory has answered.
    async fn settled(&self, order_id: OrderId, customer: &Actor) -> Result<OrderView, UseCaseError> {
        let order = self.ordering.settled_order(order_id, customer, HEARING).await?;
        if order.is_settled() {
            return Ok(order);
        }
        let seconds = HEARING.as_secs();
        Err(UseCaseError::from(Unavailable::dependency(format!(
            "found no word of inventory about order {order_id} after {seconds} s, expected one"
        ))))
    }

    /// Sends a command, and repeats it while too much waits to be done.
    async fn send<C: Command + Clone>(&self, command: C, actor: &Actor) -> Result<C::Output, UseCaseError>
    where
        Ordering: Handles<C>,
    {
        let mut tries = 0;
        loop {
            let meta = CommandMeta::new(actor.clone(), self.clock.now(), self.ids);
            match self.ordering.send(command.clone(), meta).await {
                Err(UseCaseError::Unavailable(Unavailable::Busy { retry_after_seconds }))
                    if tries < PATIENCE =>
                {
                    tries += 1;
                    tokio::time::sleep(Duration::from_secs(retry_after_seconds.into())).await;
                }
                answer => return answer,
            }
        }
    }
}
