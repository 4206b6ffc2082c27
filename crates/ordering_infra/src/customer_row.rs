//! A customer as a row, and back.

use diesel::Queryable;
use ordering_app::store::StoredCustomer;
use ordering_domain::{Customer, CustomerRecord};
use shared_kernel::{AggregateRoot, CustomerId};
use storage::{
    ReadError,
    columns::{RowId, to_version},
};

/// A row of `customers`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct CustomerRow {
    pub(crate) id: RowId,
    pub(crate) email: String,
    pub(crate) tier: String,
    pub(crate) status: String,
    pub(crate) version: i64,
}

impl CustomerRow {
    /// The row of a customer with all their changes.
    pub(crate) fn of(customer: &Customer) -> Self {
        let record = customer.record();
        Self {
            id: RowId(record.id.uuid()),
            email: record.email.as_str().to_owned(),
            tier: record.tier.name().to_owned(),
            status: record.status.name().to_owned(),
            version: i64::from(customer.version().number()),
        }
    }
}

impl TryFrom<CustomerRow> for StoredCustomer {
    type Error = ReadError;

    fn try_from(row: CustomerRow) -> Result<Self, ReadError> {
        let record = CustomerRecord {
            id: CustomerId::new(row.id.0),
            email: row.email.parse().map_err(ReadError::corrupt)?,
            tier: row.tier.parse().map_err(ReadError::corrupt)?,
            status: row.status.parse().map_err(ReadError::corrupt)?,
        };
        Ok(Self {
            record,
            version: to_version(row.version)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_goes_into_a_row_and_back() {
        let id = "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap();
        let mut ada = Customer::register(id, "Ada@example.com".parse().unwrap());
        ada.close();
        let row = CustomerRow::of(&ada);
        let StoredCustomer { record, version } = row.clone().try_into().unwrap();
        assert_eq!(record.email.as_str(), "Ada@example.com");
        assert_eq!(version, ada.version());
        assert_eq!(CustomerRow::of(&Customer::rehydrate(record, version)), row);
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_not_guessed_at() {
        let id = "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap();
        let row = CustomerRow::of(&Customer::register(id, "ada@example.com".parse().unwrap()));
        for broken in [
            CustomerRow {
                tier: "platinum".to_owned(),
                ..row.clone()
            },
            CustomerRow {
                status: String::new(),
                ..row.clone()
            },
            CustomerRow { version: -1, ..row },
        ] {
            assert!(StoredCustomer::try_from(broken.clone()).is_err(), "{broken:?}");
        }
    }
}
