//! Customers, as staff see them, and the tier that staff put them at.

use message_bus::Handles;
use ordering_app::{ChangeCustomerTier, CustomerView};
use shared_kernel::CustomerId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body,
    problem::Problem,
    request::Request,
};

/// GET /customers/{customer_id}
pub(crate) async fn one(request: Request, _: Caller) -> Handled {
    let customer_id = customer_id(&request)?;
    answer(&request.ordering().customer(customer_id).await?)
}

/// PUT /customers/{customer_id}/tier
pub(crate) async fn change_tier(mut request: Request, caller: Caller) -> Handled {
    let customer_id = customer_id(&request)?;
    let tier = request.json(|fields| fields.required("tier", body::text)).await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeCustomerTier { customer_id, tier };
    answer(&request.ordering().send(command, meta).await?)
}

fn customer_id(request: &Request) -> Result<CustomerId, Problem> {
    request.path_id("customer_id", "customer")
}

/// 200 with a customer.
fn answer(customer: &CustomerView) -> Handled {
    Answer::one(customer, customer.version)
}
