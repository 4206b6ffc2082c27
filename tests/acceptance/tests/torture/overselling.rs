//! Many buyers want more than there is.

use acceptance::{
    Binary, Engine, on_every_engine,
    selling::{Sale, sell_out},
    torture::Plan,
};

on_every_engine!(
    one_hot_product_is_sold_to_the_last_unit_and_not_one_more,
    baskets_in_opposite_order_sell_no_more_than_there_is,
    a_server_that_reads_stock_and_writes_it_unguarded_is_caught
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
    // In the short form nobody is killed here.
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

/// A sale that does not find the bug it is made to find would not find a real one.
async fn a_server_that_reads_stock_and_writes_it_unguarded_is_caught(engine: Engine) {
    let plan = Plan::always_of_rounds(1);
    let sale = Sale {
        seed: plan.seed,
        ..HOT
    };
    let tally = sell_out(&Binary::with_canary("unguarded-stock"), engine, sale).await;
    println!("{engine:?}, a known bug, {tally}");
    assert!(!tally.is_clean(), "unguarded stock was not found: {tally}");
}
