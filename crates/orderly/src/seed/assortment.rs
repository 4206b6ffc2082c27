//! What the demo shop sells, at which price in which currency.

use shared_kernel::{Currency, Money, MoneyError, ProductId};
use uuid::Uuid;

/// The first product's id; the others count up from it, so that a product has the same id in every installation.
const FIRST_PRODUCT: u128 = 0x0197_b2c4_6d00_7000_8000_0000_0000_0100;

/// A product, with its prices in minor units.
pub(super) struct Product {
    /// Its name.
    pub(super) name: &'static str,
    usd: i64,
    eur: i64,
    gbp: i64,
    inr: i64,
}

#[rustfmt::skip]
#[expect(clippy::inconsistent_digit_grouping, reason = "whole units stand before the underscore, hundredths behind it")]
const PRODUCTS: [Product; 20] = [
    product("Assam tea, 250 g", 11_90, 10_90, 8_90, 420_00),
    product("Earl Grey, 100 g", 7_50, 6_90, 5_50, 290_00),
    product("Peppermint leaves, 50 g", 4_90, 4_50, 3_80, 160_00),
    product("Espresso beans, 500 g", 14_50, 12_90, 10_90, 590_00),
    product("Filter papers, 100 pieces", 3_20, 2_90, 2_40, 110_00),
    product("Tea strainer", 6_40, 5_90, 4_90, 190_00),
    product("Sugar bowl", 12_80, 11_90, 9_90, 450_00),
    product("Milk jug", 15_90, 14_90, 12_50, 540_00),
    product("Cup and saucer", 17_50, 16_50, 13_90, 690_00),
    product("Mug, blue glaze", 13_90, 12_90, 10_90, 490_00),
    product("Tea towel, linen", 9_80, 8_90, 7_50, 320_00),
    product("Shortbread, 300 g", 6_90, 6_50, 4_20, 260_00),
    product("Honey, 500 g", 10_40, 9_80, 8_20, 380_00),
    product("Teapot, cast iron", 59_00, 55_00, 47_00, 1_990_00),
    product("Teapot, glass", 34_90, 31_90, 27_90, 1_290_00),
    product("Kettle, gooseneck", 64_00, 59_00, 49_00, 2_390_00),
    product("Coffee grinder, hand", 48_00, 44_00, 38_00, 1_790_00),
    product("French press, 1 l", 29_90, 27_90, 23_90, 990_00),
    product("Serving tray, oak", 38_50, 35_90, 29_90, 1_450_00),
    product("Gift box, four teas", 24_90, 22_90, 19_90, 890_00),
];

const fn product(name: &'static str, usd: i64, eur: i64, gbp: i64, inr: i64) -> Product {
    Product {
        name,
        usd,
        eur,
        gbp,
        inr,
    }
}

/// The products, each with its id.
pub(super) fn products() -> impl ExactSizeIterator<Item = (ProductId, &'static Product)> + Clone {
    PRODUCTS.iter().enumerate().map(|(place, product)| {
        let id = FIRST_PRODUCT + place as u128;
        (ProductId::new(Uuid::from_u128(id)), product)
    })
}

impl Product {
    /// What one costs.
    pub(super) fn price(&self, currency: Currency) -> Result<Money, MoneyError> {
        let minor_units = match currency {
            Currency::Usd => self.usd,
            Currency::Eur => self.eur,
            Currency::Gbp => self.gbp,
            Currency::Inr => self.inr,
        };
        Money::from_minor_units(minor_units, currency)
    }

    /// Whether people buy it one at a time.
    pub(super) const fn is_dear(&self) -> bool {
        self.usd >= 20_00
    }
}
