//! Stock for the demo: enough of nearly everything, and little of a few products, so that some orders are rejected.

use inventory_app::{AdjustStock, Inventory, StockItemView};
use message_bus::{Handles, UseCaseError};

use crate::{Assortment, Contexts, DemoError};

/// One product in so many is scarce: four of the fifty, one for each currency.
const SCARCE: usize = 13;
/// Units of a scarce product, ever.
const UNITS_OF_THE_SCARCE: i64 = 5;
/// Units of any other product, for each order that is still to be placed: more than any order asks for.
const UNITS_FOR_AN_ORDER: i64 = 4;
/// Further units in stock.
const UNITS_AT_LEAST: i64 = 200;

/// Adds the stock that so many orders may need. Existing stock counts.
///
/// # Errors
/// [`DemoError`].
pub async fn fill_the_shelves(
    contexts: &Contexts<'_>,
    assortment: &Assortment,
    orders: u64,
) -> Result<(), DemoError> {
    let inventory = contexts.inventory;
    let orders = i64::try_from(orders).unwrap_or(i64::MAX);
    let plenty = orders
        .saturating_mul(UNITS_FOR_AN_ORDER)
        .saturating_add(UNITS_AT_LEAST);
    for (number, product) in assortment.products().iter().enumerate() {
        let item = inventory.stock_item(product.id).await?;
        let is_scarce = number % SCARCE == 0;
        // Sold units of the scarce ones are not replaced; without further orders, nothing is added.
        let missing = if (is_scarce || orders == 0) && !is_untouched(inventory, &item).await? {
            0
        } else if is_scarce {
            UNITS_OF_THE_SCARCE
        } else {
            plenty.saturating_sub(item.available.into())
        };
        if missing > 0 {
            let command = AdjustStock {
                product_id: product.id,
                delta: missing,
                reason: "stock for the demo".to_owned(),
                expected_on_hand: None,
            };
            let meta = contexts.meta();
            inventory.send(command, meta).await?;
        }
    }
    Ok(())
}

async fn is_untouched(inventory: &Inventory, item: &StockItemView) -> Result<bool, UseCaseError> {
    let first = shared_kernel::PageRequest {
        limit: 1,
        after: None,
    };
    Ok(inventory.ledger(item.product_id, first).await?.data.is_empty())
}
