//! A product of the price list needs stock, also when staff order it. Only a custom line may need none: a fee, a
//! service.

use shared_kernel::{LineStock, ProductId, Refusal, RefusalKind};

/// A line of a listed product was not to ask for stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found product {product_id}, which is on the price list, without stock; expected it to ask for some")]
pub struct ListedAsksForStock {
    /// Which.
    pub product_id: ProductId,
}

impl From<ListedAsksForStock> for Refusal {
    fn from(error: ListedAsksForStock) -> Self {
        Self::new(RefusalKind::Value, "listed_product_asks_for_stock", &error)
            .with("product_id", error.product_id.to_string())
    }
}

pub(crate) const fn check(product_id: ProductId, stock: LineStock) -> Result<(), ListedAsksForStock> {
    match stock {
        LineStock::Asked => Ok(()),
        LineStock::NotAsked => Err(ListedAsksForStock { product_id }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_product_cannot_say_that_no_stock_is_asked_for() {
        let product_id = "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap();
        assert_eq!(check(product_id, LineStock::Asked), Ok(()));
        assert_eq!(
            check(product_id, LineStock::NotAsked),
            Err(ListedAsksForStock { product_id })
        );
    }
}
