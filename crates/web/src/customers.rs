//! Customers, as staff see them, and the tier that staff put them at.

use message_bus::Handles;
use ordering_app::{ChangeCustomerTier, CustomerView, names};
use schema::Body;
use shared_kernel::CustomerId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    codes,
    endpoint::{Endpoint, GET, PUT, staff},
    problem::Problem,
    request::Request,
};

pub(crate) fn get_customer() -> Endpoint {
    staff(GET, "/api/v1/customers/{customer_id}", one)
        .named("getCustomer", "A customer")
        .answering("The customer.")
        .versioned()
        .refusing(&[codes::CUSTOMER_NOT_FOUND])
}

async fn one(request: Request, _: Caller) -> Handled<CustomerView> {
    let customer_id = customer_id(&request)?;
    answer(&request.ordering().customer(customer_id).await?)
}

pub(crate) fn change_customer_tier() -> Endpoint {
    staff(PUT, "/api/v1/customers/{customer_id}/tier", change_tier)
        .named("changeCustomerTier", "Put a customer at a tier")
        .saying("From now on they pay by it. Confirmed orders keep their prices.")
        .taking::<TierChange>()
        .answering("The customer, at the tier.")
        .versioned()
        .refusing(&[codes::CUSTOMER_NOT_FOUND, codes::UNKNOWN_TIER])
}

/// Another tier of a customer.
#[derive(Body)]
#[schema(example({"tier": "gold"}))]
struct TierChange {
    #[schema(with = names::customer_tier)]
    tier: String,
}

async fn change_tier(mut request: Request, caller: Caller) -> Handled<CustomerView> {
    let customer_id = customer_id(&request)?;
    let TierChange { tier } = request.json().await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeCustomerTier { customer_id, tier };
    answer(&request.ordering().send(command, meta).await?)
}

fn customer_id(request: &Request) -> Result<CustomerId, Problem> {
    request.path_id("customer_id", "customer")
}

/// 200 with a customer.
fn answer(customer: &CustomerView) -> Handled<CustomerView> {
    Answer::one(customer, customer.version)
}
