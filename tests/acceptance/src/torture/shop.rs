//! The server of one round, as the clients and the check use it.

use reqwest::Client;
use serde_json::{Value, json};

use super::command::{Command, Sender, money};
use crate::{Answer, Asking, PASSWORD, answer::text};

/// A server, and who is logged in there.
#[derive(Clone)]
pub(crate) struct Shop {
    client: Client,
    url: String,
    /// An admin's token, who is staff as well.
    pub(crate) admin: String,
    /// The tokens of the users that the clients order as.
    pub(crate) customers: Vec<String>,
}

impl Shop {
    pub(crate) fn at(url: &str) -> Self {
        Self {
            client: Client::new(),
            url: url.to_owned(),
            admin: String::new(),
            customers: Vec::new(),
        }
    }

    /// The same installation is served elsewhere now. Connections to the old server are not tried again.
    pub(crate) fn move_to(&mut self, url: &str) {
        self.client = Client::new();
        url.clone_into(&mut self.url);
    }

    /// Sends a command.
    pub(crate) async fn send(&self, command: &Command, customer: usize) -> Result<Answer, reqwest::Error> {
        let mut request = self.client.request(command.method(), self.path(&command.path()));
        request = match command.sender() {
            Sender::Nobody => request,
            Sender::Customer => request.bearer_auth(&self.customers[customer]),
            Sender::Staff => request.bearer_auth(&self.admin),
        };
        if let Some(wait) = command.wait() {
            request = request.header("Prefer", wait);
        }
        if let Some(body) = command.body() {
            request = request.json(&body);
        }
        Answer::read(request.send().await?).await
    }

    /// Registers a user.
    pub(crate) async fn register(&self, email: &str) -> Answer {
        let body = json!({"email": email, "password": PASSWORD});
        self.client.post(self.path("/users")).json(&body).answer().await
    }

    /// An access token, if that is the password of a user with this address.
    pub(crate) async fn log_in(&self, email: &str) -> Option<String> {
        let form = [
            ("grant_type", "password"),
            ("username", email),
            ("password", PASSWORD),
        ];
        let answer = self
            .client
            .post(self.path("/auth/token"))
            .form(&form)
            .answer()
            .await;
        assert!(
            matches!(answer.status, 200 | 400),
            "logging in was answered {}",
            answer.text
        );
        answer.json()["access_token"].as_str().map(str::to_owned)
    }

    /// What is at this path.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.client.get(self.path(path)).bearer_auth(token).answer().await
    }

    /// All users with this address: one, or none.
    pub(crate) async fn users_with(&self, email: &str) -> Vec<Value> {
        let mut list = self
            .get(&self.admin, &format!("/users?email={email}"))
            .await
            .expecting(200);
        std::mem::take(list["data"].as_array_mut().unwrap())
    }

    /// All orders of the user with this token.
    pub(crate) async fn orders(&self, token: &str) -> Vec<Value> {
        let mut orders = Vec::new();
        let mut path = "/orders?limit=100".to_owned();
        loop {
            let mut list = self.get(token, &path).await.expecting(200);
            orders.append(list["data"].as_array_mut().unwrap());
            if list["next_cursor"].is_null() {
                return orders;
            }
            path = format!("/orders?limit=100&cursor={}", text(&list["next_cursor"]));
        }
    }

    /// A product with more stock than is ever ordered, which is delisted: each line has a name and a price of its own.
    pub(crate) async fn product(&self, wait_idle: impl Fn()) -> String {
        let listed = json!({"sku": "LEFTOVER", "name": "Leftover", "unit_price": money(100)});
        let product = self.post("/products", &listed).await.expecting(201);
        let product_id = text(&product["id"]);
        // Inventory applies its event.
        wait_idle();
        let plenty = json!({"delta": 100_000_000, "reason": "for everybody"});
        self.post(&format!("/stock/{product_id}/adjustments"), &plenty)
            .await
            .expecting(201);
        self.post(&format!("/products/{product_id}/delist"), &json!({}))
            .await
            .expecting(200);
        // Ordering applies the event that it is delisted.
        wait_idle();
        product_id
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.client.post(self.path(path)).bearer_auth(&self.admin);
        request.json(body).answer().await
    }

    fn path(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.url)
    }
}
