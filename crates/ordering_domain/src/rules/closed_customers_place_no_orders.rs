//! A closed customer places no orders.

use shared_kernel::{CustomerId, Refusal, RefusalKind};

use crate::{Customer, CustomerStatus};

/// The customer is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("customer {customer_id} is closed; expected an open one")]
pub struct CustomerClosed {
    /// Who.
    pub customer_id: CustomerId,
}

impl From<CustomerClosed> for Refusal {
    fn from(error: CustomerClosed) -> Self {
        Self::new(RefusalKind::State, "customer_closed", &error)
            .with("customer_id", error.customer_id.to_string())
    }
}

pub(crate) fn check(customer: &Customer) -> Result<(), CustomerClosed> {
    match customer.record().status {
        CustomerStatus::Open => Ok(()),
        CustomerStatus::Closed => Err(CustomerClosed {
            customer_id: customer.record().id,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_customer_may_order_and_a_closed_one_may_not() {
        let customer_id = "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap();
        let mut customer = Customer::register(customer_id, "ada@example.com".parse().unwrap());
        assert_eq!(check(&customer), Ok(()));
        customer.close();
        assert_eq!(check(&customer), Err(CustomerClosed { customer_id }));
        customer.open();
        assert_eq!(check(&customer), Ok(()));
    }
}
