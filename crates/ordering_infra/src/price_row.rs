//! An entry of the price list as a row, and back.

use diesel::Queryable;
use ordering_domain::{PriceListEntry, ProductStatus};
use shared_kernel::{Money, ProductId};
use storage::{ReadError, columns::RowId};

/// A row of `price_list`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct PriceRow {
    pub(crate) product_id: RowId,
    pub(crate) name: String,
    pub(crate) price: i64,
    pub(crate) currency: String,
    pub(crate) status: String,
}

impl From<&PriceListEntry> for PriceRow {
    fn from(entry: &PriceListEntry) -> Self {
        Self {
            product_id: RowId(entry.product_id.uuid()),
            name: entry.name.clone(),
            price: entry.list_price.minor_units(),
            currency: entry.list_price.currency().code().to_owned(),
            status: entry.status.name().to_owned(),
        }
    }
}

impl TryFrom<PriceRow> for PriceListEntry {
    type Error = ReadError;

    fn try_from(row: PriceRow) -> Result<Self, ReadError> {
        let currency = row.currency.parse().map_err(ReadError::corrupt)?;
        Ok(Self {
            product_id: ProductId::new(row.product_id.0),
            name: row.name,
            list_price: Money::from_minor_units(row.price, currency).map_err(ReadError::corrupt)?,
            status: row.status.parse::<ProductStatus>().map_err(ReadError::corrupt)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Currency;

    use super::*;

    fn a_row(status: ProductStatus) -> (PriceListEntry, PriceRow) {
        let entry = PriceListEntry {
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            name: "Teapot".to_owned(),
            list_price: Money::parse("19.99", Currency::Inr).unwrap(),
            status,
        };
        let row = PriceRow::from(&entry);
        (entry, row)
    }

    #[test]
    fn an_entry_goes_into_a_row_and_back() {
        for status in ProductStatus::ALL {
            let (entry, row) = a_row(status);
            assert_eq!(PriceListEntry::try_from(row).unwrap(), entry);
        }
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_not_guessed_at() {
        let spoil: [fn(&mut PriceRow); 3] = [
            |row| row.price = -1,
            |row| row.currency = "XTS".to_owned(),
            |row| row.status = "sold out".to_owned(),
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let (_, mut row) = a_row(ProductStatus::Listed);
            spoil(&mut row);
            assert!(PriceListEntry::try_from(row).is_err(), "{number}");
        }
    }
}
