//! Customers, as staff see them.

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    request::Request,
};

/// GET /customers/{customer_id}
pub(crate) async fn one(request: Request, _: Caller) -> Handled {
    let customer_id = request.path_id("customer_id", "customer")?;
    let customer = request.ordering().customer(customer_id).await?;
    Answer::one(&customer, customer.version)
}
