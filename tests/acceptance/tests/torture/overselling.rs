//! Many buyers want more than there is. The contract suite, where two processes share a database, shows that a lost update of stock would
//! be found.

use acceptance::{
    Binary, Engine, on_every_engine,
    selling::{Sale, sell_out},
    torture::Plan,
};

on_every_engine!(
    one_hot_product_is_sold_to_the_last_unit_and_not_one_more,
    baskets_in_opposite_order_sell_no_more_than_there_is
);

/// Orders in all: in the short form, and in each round of the full one.
const FEW: u64 = 500;
const MANY: u64 = 10_000;

const HOT: Sale = Sale {
    products: 1,
    units: 100,
    basket: 1,
    attempts: FEW,
    kills: 0,
    seed: 0,
};

const BASKETS: Sale = Sale {
    products: 20,
    units: 60,
    basket: 5,
    ..HOT
};

async fn one_hot_product_is_sold_to_the_last_unit_and_not_one_more(engine: Engine) {
    // The short form kills no server.
    hold(engine, HOT, 0).await;
}

async fn baskets_in_opposite_order_sell_no_more_than_there_is(engine: Engine) {
    hold(engine, BASKETS, 1).await;
}

/// Every other round with kills; where there is only one round, with so many as `few` says.
async fn hold(engine: Engine, sale: Sale, few: u64) {
    let plan = Plan::of_rounds(1, 10);
    let (attempts, kills) = if plan.rounds == 1 { (FEW, few) } else { (MANY, 3) };
    for round in 0..plan.rounds {
        let sale = Sale {
            attempts,
            kills: if plan.rounds == 1 || round % 2 == 1 {
                kills
            } else {
                0
            },
            seed: plan.seed.wrapping_add(round),
            ..sale
        };
        let tally = sell_out(&Binary::released(), engine, sale).await;
        println!("{engine:?}, {sale:?}: {tally}");
        assert!(tally.is_clean(), "{sale:?}: {tally}");
        assert!(
            tally.reserved > 0 && tally.rejected > 0,
            "there was enough for all, or for nobody: {tally}"
        );
        if sale.products == 1 {
            assert_eq!(
                tally.units_sold, sale.units,
                "demand was a multiple of it: {tally}"
            );
        }
    }
}
