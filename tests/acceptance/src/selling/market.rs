//! The shop that the buyers use: its address, which changes when its server is killed, its products, and their log-ins.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::{sync::watch, time::timeout};

use super::Sale;
use crate::{Answer, Binary, Installation, PASSWORD, answer::text};

/// Users that the buyers order as: fewer, since each log-in costs a password hash.
const CUSTOMERS: usize = 16;
const STAFF: &str = "admin@example.com";
/// How long a new server is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) struct Market {
    client: Client,
    address: watch::Receiver<String>,
    pub(super) products: Vec<String>,
    /// The staff's first, then the customers'.
    tokens: Vec<Mutex<String>>,
    /// Requests that were refused with a time to retry.
    pub(super) put_off: AtomicU64,
}

/// Whose request it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who(usize);

impl Who {
    pub(super) const STAFF: Self = Self(0);

    pub(super) const fn customer(number: usize) -> Self {
        Self(1 + number % CUSTOMERS)
    }

    fn email(self) -> String {
        match self.0 {
            0 => STAFF.to_owned(),
            number => format!("buyer{number}@example.com"),
        }
    }
}

impl Market {
    /// Registers all users, and adds the stock.
    pub(super) async fn open(
        binary: &Binary,
        installation: &Installation,
        address: watch::Receiver<String>,
        sale: &Sale,
    ) -> Self {
        let create = [
            "users",
            "create",
            "--email",
            STAFF,
            "--role",
            "admin",
            "--password-stdin",
        ];
        binary
            .run_with_input(installation.path(), &create, PASSWORD)
            .expecting_success();
        let mut market = Self {
            client: Client::new(),
            address,
            products: Vec::new(),
            tokens: (0..=CUSTOMERS).map(|_| Mutex::default()).collect(),
            put_off: AtomicU64::new(0),
        };
        for number in 0..CUSTOMERS {
            let body = json!({"email": Who::customer(number).email(), "password": PASSWORD});
            let registering = market.client.post(market.url("/users")).json(&body).send().await;
            assert_eq!(registering.unwrap().status(), 201);
        }
        for number in 0..sale.products {
            let body = json!({
                "sku": format!("SALE-{number}"),
                "name": format!("Bargain {number}"),
                "unit_price": {"amount": "1.00", "currency": "USD"},
            });
            let product = market
                .certainly(Who::STAFF, Method::POST, "/products", &[], Some(&body))
                .await;
            market.products.push(text(&product.expecting(201)["id"]));
        }
        // Ordering has their prices then, and inventory their stock items.
        binary
            .run(installation.path(), &["wait-idle", "--timeout", "60"])
            .expecting_success();
        for product in &market.products {
            let body = json!({"delta": sale.units, "reason": "for the sale"});
            let path = format!("/stock/{product}/adjustments");
            market
                .certainly(Who::STAFF, Method::POST, &path, &[], Some(&body))
                .await
                .expecting(201);
        }
        market
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", *self.address.borrow())
    }

    /// Sends a request until it is answered: again after a kill, later when the server is busy, with another token when the old one has expired.
    pub(super) async fn certainly(
        &self,
        who: Who,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        loop {
            let mut address = self.address.clone();
            let asked = address.borrow_and_update().clone();
            let token = self.tokens[who.0].lock().unwrap().clone();
            let mut request = self
                .client
                .request(method.clone(), format!("{asked}/api/v1{path}"))
                .bearer_auth(token);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            let answer = match request.send().await {
                Ok(response) => Answer::read(response).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) if answer.status == 401 => self.log_in(who).await,
                Ok(answer) if answer.header("retry-after").is_some() => {
                    self.put_off.fetch_add(1, Ordering::Relaxed);
                    let seconds = answer
                        .header("retry-after")
                        .and_then(|seconds| seconds.parse().ok());
                    // After the time to retry, or when there is another server.
                    let _ = timeout(Duration::from_secs(seconds.unwrap_or(1)), address.changed()).await;
                }
                Ok(answer) => return answer,
                // It was killed; the next one's address will be set.
                Err(error) => {
                    let moved = timeout(PATIENCE, address.changed()).await;
                    assert!(matches!(moved, Ok(Ok(()))), "no server: {error}");
                }
            }
        }
    }

    async fn log_in(&self, who: Who) {
        let email = who.email();
        let form = [
            ("grant_type", "password"),
            ("username", email.as_str()),
            ("password", PASSWORD),
        ];
        let sent = self.client.post(self.url("/auth/token")).form(&form).send().await;
        // The next request finds that a server was killed.
        if let Ok(response) = sent
            && let Ok(answer) = Answer::read(response).await
            && answer.status == 200
        {
            *self.tokens[who.0].lock().unwrap() = text(&answer.json()["access_token"]);
        }
    }
}
