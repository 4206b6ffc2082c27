//! The audit afterwards: every order, the stock, and whether what is left can be bought.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    sync::atomic::Ordering,
};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Sale,
    buyer::Bought,
    market::{Market, Who},
};
use crate::{Binary, Installation, answer::text, bodies::an_address};

/// The result of a sale.
#[derive(Debug, Default)]
pub struct Tally {
    /// Orders that got everything.
    pub reserved: usize,
    /// Orders that were cancelled for lack of stock.
    pub rejected: usize,
    /// Units that orders hold, over all products.
    pub units_sold: u64,
    /// Units that were left when the buyers were through; they were sold afterwards.
    pub units_left: u64,
    /// Requests that were refused with a time to retry.
    pub put_off: u64,
    /// Whatever is not as it has to be.
    pub faults: Vec<String>,
    /// Products of which more was sold than there was.
    pub oversold: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} orders reserved, {} rejected, {} units sold, {} left for the last buyer, {} requests put off, {} products oversold, {} faults",
            self.reserved,
            self.rejected,
            self.units_sold,
            self.units_left,
            self.put_off,
            self.oversold.len(),
            self.faults.len(),
        )?;
        let told = self.oversold.iter().chain(&self.faults).take(20);
        told.into_iter()
            .try_for_each(|fault| write!(formatter, "\n  {fault}"))
    }
}

impl Tally {
    /// Whether nothing was oversold, doubled, forgotten or answered wrongly.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.oversold.is_empty()
    }
}

pub(super) async fn audit(
    binary: &Binary,
    installation: &Installation,
    market: &Market,
    sale: &Sale,
    bought: Vec<Bought>,
) -> Tally {
    let mut tally = Tally::default();
    tally
        .faults
        .extend(bought.iter().filter_map(|bought| bought.wrong.clone()));
    let sold = count_orders(market, &bought, &mut tally).await;
    let mut left = Vec::new();
    for product_id in &market.products {
        let units = sold.get(product_id).copied().unwrap_or_default();
        tally.units_sold += units;
        if units > sale.units {
            tally.oversold.push(format!(
                "{units} of {} units of {product_id} were sold",
                sale.units
            ));
        }
        let stock = stock_of(market, product_id).await;
        let available = sale.units.saturating_sub(units);
        let expected = json!({"on_hand": sale.units, "reserved": units, "available": available});
        let found = json!({"on_hand": stock["on_hand"], "reserved": stock["reserved"], "available": stock["available"]});
        if found != expected {
            tally.faults.push(format!(
                "found stock {found} of {product_id}, expected {expected}"
            ));
        }
        tally.units_left += available;
        left.push((product_id.clone(), available));
    }
    if tally.is_clean() {
        sell_what_is_left(market, &left, &mut tally).await;
    }
    let doctor = binary.run(installation.path(), &["doctor"]);
    if doctor.code != 0 {
        tally
            .faults
            .push(format!("the doctor found: {}{}", doctor.stdout, doctor.stderr));
    }
    tally.put_off = market.put_off.load(Ordering::Relaxed);
    tally
}

/// How many units of each product the orders hold. Each order has to be settled, and one that was tried for.
async fn count_orders(market: &Market, bought: &[Bought], tally: &mut Tally) -> BTreeMap<String, u64> {
    let mut expected: HashSet<&str> = bought.iter().map(|bought| bought.order_id.as_str()).collect();
    let mut sold = BTreeMap::new();
    let mut page = "/orders?limit=100".to_owned();
    loop {
        let list = market
            .certainly(Who::STAFF, Method::GET, &page, &[], None)
            .await
            .expecting(200);
        for order in list["data"].as_array().unwrap() {
            if !expected.remove(text(&order["id"]).as_str()) {
                tally
                    .faults
                    .push(format!("nobody knows of order {}", order["id"]));
            }
            match (order["status"].as_str(), order["allocation"].as_str()) {
                (Some("confirmed"), Some("reserved")) => {
                    tally.reserved += 1;
                    for line in order["lines"].as_array().unwrap() {
                        *sold.entry(text(&line["product_id"])).or_default() +=
                            line["quantity"].as_u64().unwrap();
                    }
                }
                (Some("cancelled"), Some("rejected")) if names_what_was_short(order) => tally.rejected += 1,
                _ => tally
                    .faults
                    .push(format!("found an order that is not settled: {order}")),
            }
        }
        match list["next_cursor"].as_str() {
            Some(cursor) => page = format!("/orders?limit=100&cursor={cursor}"),
            None => break,
        }
    }
    let forgotten = expected.into_iter().filter(|id| !id.is_empty());
    tally
        .faults
        .extend(forgotten.map(|id| format!("order {id} was placed and is not there")));
    sold
}

fn names_what_was_short(order: &Value) -> bool {
    let cancellation = &order["cancellation"];
    let shortages = cancellation["shortages"].as_array();
    cancellation["code"] == "out_of_stock"
        && shortages.is_some_and(|shortages| {
            let short = |shortage: &Value| shortage["available"].as_u64() < shortage["requested"].as_u64();
            !shortages.is_empty() && shortages.iter().all(short)
        })
}

async fn stock_of(market: &Market, product_id: &str) -> Value {
    let path = format!("/stock/{product_id}");
    market
        .certainly(Who::STAFF, Method::GET, &path, &[], None)
        .await
        .expecting(200)
}

/// What was not sold can be bought to the last unit, and not one more.
async fn sell_what_is_left(market: &Market, left: &[(String, u64)], tally: &mut Tally) {
    for (product_id, available) in left {
        if *available > 0 && order_settled(market, product_id, *available).await != "reserved" {
            let fault = format!("the last {available} units of {product_id} could not be had");
            tally.faults.push(fault);
        }
        if order_settled(market, product_id, 1).await != "rejected" {
            tally
                .faults
                .push(format!("one more unit of {product_id} was sold than there was"));
        }
    }
}

/// How an order of one product ends.
async fn order_settled(market: &Market, product_id: &str, quantity: u64) -> String {
    let body = json!({"currency": "USD", "lines": [{"product_id": product_id, "quantity": quantity}]});
    let buyer = Who::customer(0);
    let order = market
        .certainly(buyer, Method::POST, "/orders", &[], Some(&body))
        .await
        .expecting(201);
    let path = format!("/orders/{}/confirm", text(&order["id"]));
    let waiting = [("Prefer", "wait=10")];
    let order = market
        .certainly(buyer, Method::POST, &path, &waiting, Some(&an_address()))
        .await;
    text(&order.expecting(200)["allocation"])
}
