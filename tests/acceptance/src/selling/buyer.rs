//! One of the buyers.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

use super::{
    Sale,
    market::{Market, Who},
};
use crate::{answer::text, bodies::an_address, torture::Random};

/// The outcome of one attempt, as far as its buyer got an answer.
#[derive(Clone, Debug)]
pub(super) struct Bought {
    /// The order.
    pub(super) order_id: String,
    /// What the last answer was not to be, if it was that.
    pub(super) wrong: Option<String>,
}

pub(super) struct Buyer {
    who: Who,
    market: Arc<Market>,
    random: Random,
    pub(super) bought: Vec<Bought>,
}

impl Buyer {
    pub(super) const fn new(number: usize, market: Arc<Market>, random: Random) -> Self {
        Self {
            who: Who::customer(number),
            market,
            random,
            bought: Vec::new(),
        }
    }

    /// Places an order and confirms it, and waits until inventory has answered.
    pub(super) async fn buy(&mut self, attempt: u64, sale: &Sale) {
        let lines: Vec<_> = self
            .basket(sale.basket)
            .into_iter()
            .map(|product_id| json!({"product_id": product_id, "quantity": 1 + self.random.below(3)}))
            .collect();
        let body = json!({"currency": "USD", "lines": lines});
        let placed = self.send(attempt, "placing", "/orders", &body).await;
        if placed.status != 201 {
            let wrong = format!("placing was answered {} {}", placed.status, placed.text);
            return self.note("", Some(wrong));
        }
        let order_id = text(&placed.json()["id"]);
        let path = format!("/orders/{order_id}/confirm");
        // The same confirmation, sent again, waits again.
        let confirmed = loop {
            let confirmed = self.send(attempt, "confirming", &path, &an_address()).await;
            if confirmed.status != 202 {
                break confirmed;
            }
        };
        let order = confirmed.json();
        let known = match (
            confirmed.status,
            order["status"].as_str(),
            order["allocation"].as_str(),
        ) {
            (200, Some("confirmed"), Some("reserved")) => true,
            (200, Some("cancelled"), Some("rejected")) => order["cancellation"]["code"] == "out_of_stock",
            _ => false,
        };
        let wrong =
            (!known).then(|| format!("confirming was answered {} {}", confirmed.status, confirmed.text));
        self.note(&order_id, wrong);
    }

    async fn send(&self, attempt: u64, what: &str, path: &str, body: &serde_json::Value) -> crate::Answer {
        let key = format!("{what}-of-attempt-{attempt}");
        let headers = [("Idempotency-Key", key.as_str()), ("Prefer", "wait=10")];
        self.market
            .certainly(self.who, Method::POST, path, &headers, Some(body))
            .await
    }

    fn note(&mut self, order_id: &str, wrong: Option<String>) {
        self.bought.push(Bought {
            order_id: order_id.to_owned(),
            wrong,
        });
    }

    /// One to so many products, in no order; now and then one of them twice.
    fn basket(&mut self, most: usize) -> Vec<String> {
        let most = u64::try_from(most).unwrap();
        let count = 1 + self.random.below(most);
        (0..count)
            .filter_map(|_| self.random.one_of(&self.market.products).cloned())
            .collect()
    }
}
