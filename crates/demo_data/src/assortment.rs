//! What the demo shop sells: fifty products, each at a price in the currency of its buyers.
//!
//! They are listed by the catalogue's own command, and recognised by their skus. Later changes by staff are kept.

use std::{collections::HashMap, io};

use catalog::{Catalog, ListProduct, Product, ProductsWanted};
use message_bus::{Handles, UseCaseError};
use shared_kernel::{Currency, Money, ProductId};

use crate::{Contexts, DemoError, Filled};

/// How many products are asked for at a time.
const PAGE: u32 = 1_000;

/// A product as the demo has it, with its price in minor units.
struct DemoProduct {
    sku: &'static str,
    name: &'static str,
    price: i64,
    currency: Currency,
}

#[rustfmt::skip]
#[expect(clippy::inconsistent_digit_grouping, reason = "whole units stand before the underscore, hundredths behind it")]
const PRODUCTS: [DemoProduct; 50] = [
    product("TEA-ASSAM", "Assam tea, 250 g", 11_90, Currency::Usd),
    product("TEA-MINT", "Peppermint leaves, 50 g", 4_90, Currency::Usd),
    product("COF-ESPRESSO", "Espresso beans, 500 g", 14_50, Currency::Usd),
    product("PAPER-100", "Filter papers, 100 pieces", 3_20, Currency::Usd),
    product("STRAINER", "Tea strainer", 6_40, Currency::Usd),
    product("SUGAR-BOWL", "Sugar bowl", 12_80, Currency::Usd),
    product("MUG-BLUE", "Mug, blue glaze", 13_90, Currency::Usd),
    product("TOWEL-LINEN", "Tea towel, linen", 9_80, Currency::Usd),
    product("HONEY-500", "Honey, 500 g", 10_40, Currency::Usd),
    product("POT-IRON", "Teapot, cast iron", 59_00, Currency::Usd),
    product("KETTLE-GOOSE", "Kettle, gooseneck", 64_00, Currency::Usd),
    product("GRINDER-HAND", "Coffee grinder, hand", 48_00, Currency::Usd),
    product("GIFT-FOUR", "Gift box, four teas", 24_90, Currency::Usd),
    product("TEA-DARJEELING", "Darjeeling first flush, 100 g", 13_90, Currency::Eur),
    product("TEA-CAMOMILE", "Camomile flowers, 40 g", 3_90, Currency::Eur),
    product("COF-FILTER", "Filter coffee, 500 g", 11_90, Currency::Eur),
    product("COF-DECAF", "Decaffeinated beans, 250 g", 7_90, Currency::Eur),
    product("CREAM-JUG", "Cream jug", 14_90, Currency::Eur),
    product("CUP-ESPRESSO", "Espresso cup", 8_50, Currency::Eur),
    product("SPOON-SIX", "Teaspoons, set of six", 16_50, Currency::Eur),
    product("COSY-WOOL", "Tea cosy, felted wool", 19_50, Currency::Eur),
    product("CARAFE-COLD", "Cold brew carafe, 1 l", 27_90, Currency::Eur),
    product("PRESS-1L", "French press, 1 l", 29_50, Currency::Eur),
    product("POT-GLASS", "Teapot, glass", 31_90, Currency::Eur),
    product("SCALE-02", "Kitchen scale, 0.2 g", 39_90, Currency::Eur),
    product("MOKA-6", "Moka pot, six cups", 34_50, Currency::Eur),
    product("TEA-EARL-GREY", "Earl Grey, 100 g", 5_50, Currency::Gbp),
    product("TEA-BREAKFAST", "English breakfast tea, 250 g", 7_20, Currency::Gbp),
    product("BISCUIT-SHORT", "Shortbread, 300 g", 4_20, Currency::Gbp),
    product("BISCUIT-GINGER", "Ginger biscuits, 200 g", 3_10, Currency::Gbp),
    product("MARMALADE", "Seville marmalade, 340 g", 4_80, Currency::Gbp),
    product("MILK-JUG", "Milk jug", 12_50, Currency::Gbp),
    product("CUP-SAUCER", "Cup and saucer", 13_90, Currency::Gbp),
    product("TIN-TEA", "Tea tin, airtight", 9_90, Currency::Gbp),
    product("TIMER-SAND", "Sand timer, four minutes", 7_50, Currency::Gbp),
    product("TRAY-OAK", "Serving tray, oak", 29_90, Currency::Gbp),
    product("STAND-CAKE", "Cake stand, three tiers", 36_50, Currency::Gbp),
    product("POT-STONE", "Teapot, stoneware", 34_00, Currency::Gbp),
    product("TEA-NILGIRI", "Nilgiri tea, 250 g", 380_00, Currency::Inr),
    product("TEA-MASALA", "Masala chai, 200 g", 290_00, Currency::Inr),
    product("COF-CHICORY", "Coffee with chicory, 500 g", 420_00, Currency::Inr),
    product("SUGAR-PALM", "Palm sugar, 500 g", 180_00, Currency::Inr),
    product("CARDAMOM", "Green cardamom, 50 g", 260_00, Currency::Inr),
    product("GINGER-DRY", "Dried ginger, 100 g", 140_00, Currency::Inr),
    product("CUP-CLAY", "Clay cups, set of six", 360_00, Currency::Inr),
    product("TUMBLER", "Tumbler and saucer, steel", 340_00, Currency::Inr),
    product("FILTER-STEEL", "Coffee filter, steel", 590_00, Currency::Inr),
    product("PAN-CHAI", "Chai pan, 1.5 l", 1_450_00, Currency::Inr),
    product("POT-BRASS", "Teapot, brass", 1_990_00, Currency::Inr),
    product("TRAY-BRASS", "Serving tray, brass", 1_690_00, Currency::Inr),
];

const fn product(sku: &'static str, name: &'static str, price: i64, currency: Currency) -> DemoProduct {
    DemoProduct {
        sku,
        name,
        price,
        currency,
    }
}

/// Which of the demo's products can be ordered.
pub struct Assortment(Vec<OnOffer>);

/// A product that can be ordered.
#[derive(Clone, Copy)]
pub(crate) struct OnOffer {
    /// The product.
    pub(crate) id: ProductId,
    /// What one costs before any discount.
    pub(crate) list_price: Money,
}

impl Assortment {
    /// Finds each product, and lists those that are missing. One that staff have delisted stays so.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn present_or_listed(
        contexts: &Contexts<'_>,
        told: &mut impl FnMut(Filled) -> io::Result<()>,
    ) -> Result<Self, DemoError> {
        let present = all_listed(contexts.catalog).await?;
        let mut on_offer = Vec::with_capacity(PRODUCTS.len());
        for wanted in &PRODUCTS {
            let product = match present.get(&wanted.sku.to_lowercase()) {
                Some(product) => product.clone(),
                None => match wanted.list(contexts).await? {
                    Some(listed) => {
                        told(Filled::ProductListed).map_err(DemoError::NotTold)?;
                        listed
                    }
                    None => continue,
                },
            };
            on_offer.push(OnOffer {
                id: product.id,
                list_price: product.unit_price,
            });
        }
        Ok(Self(on_offer))
    }

    /// All of them.
    pub(crate) fn products(&self) -> &[OnOffer] {
        &self.0
    }

    /// The products in this currency.
    pub(crate) fn in_currency(&self, currency: Currency) -> Vec<OnOffer> {
        let priced = self
            .0
            .iter()
            .filter(|product| product.list_price.currency() == currency);
        priced.copied().collect()
    }
}

impl OnOffer {
    /// Whether people buy it one at a time.
    pub(crate) fn is_dear(&self) -> bool {
        let limit = match self.list_price.currency() {
            Currency::Usd | Currency::Eur | Currency::Gbp => 2_000,
            Currency::Inr => 100_000,
        };
        self.list_price.minor_units() >= limit
    }
}

impl DemoProduct {
    /// Lists it; nothing, where its sku is taken by a product that was delisted.
    async fn list(&self, contexts: &Contexts<'_>) -> Result<Option<Product>, DemoError> {
        let command = ListProduct {
            sku: self.sku.to_owned(),
            name: self.name.to_owned(),
            unit_price: Money::from_minor_units(self.price, self.currency).map_err(DemoError::unfit)?,
        };
        let meta = contexts.meta();
        match contexts.catalog.send(command, meta).await {
            Ok(listed) => Ok(Some(listed)),
            Err(UseCaseError::Refused(refusal)) if refusal.code == "sku_already_listed" => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Every product that can be ordered, by its sku in lower case.
async fn all_listed(catalog: &Catalog) -> Result<HashMap<String, Product>, UseCaseError> {
    let mut products = HashMap::new();
    let mut wanted = ProductsWanted {
        name_prefix: String::new(),
        limit: PAGE,
        after: None,
    };
    loop {
        let page = catalog.products(wanted.clone()).await?;
        let by_sku = page
            .data
            .into_iter()
            .map(|product| (product.sku.to_lowercase(), product));
        products.extend(by_sku);
        if page.next.is_none() {
            return Ok(products);
        }
        wanted.after = page.next;
    }
}

/// Products of the demo, at their first prices, for tests of what is planned with them.
#[cfg(test)]
pub(crate) fn first_assortment() -> Assortment {
    let on_offer = (1..).zip(&PRODUCTS).map(|(number, product)| OnOffer {
        id: ProductId::new(uuid::Uuid::from_u128(number)),
        list_price: Money::from_minor_units(product.price, product.currency).unwrap(),
    });
    Assortment(on_offer.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_products_have_one_sku_and_each_currency_has_a_dozen() {
        let skus: BTreeSet<String> = PRODUCTS
            .iter()
            .map(|product| product.sku.to_lowercase())
            .collect();
        assert_eq!(skus.len(), PRODUCTS.len());
        for currency in Currency::ALL {
            assert!(first_assortment().in_currency(currency).len() >= 12, "{currency}");
        }
    }
}
