//! What is recorded: an installation from its first start on, with clients that note each answer they get, syncs that fail, and starts after that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::timeout};

use super::{Recording, operation::Operation};
use crate::{
    Answer, Asking, Binary, Engine, Installation, PASSWORD, Server, an_address, answer::text, binary::code_of,
};

const ADMIN: &str = "admin@example.com";
pub(super) const CUSTOMER: &str = "ada@example.com";
const CLIENTS: usize = 8;
/// Orders that are placed and acknowledged before something happens, and after it.
const ORDERS: usize = 40;
/// How long anything that has to happen may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Plays it, and gives all that was recorded.
pub(super) async fn play(binary: &Binary) -> Vec<Operation> {
    let installation = Installation::new(Engine::Sqlite);
    let recording = Arc::new(Recording::of(installation.path()));
    let mut stage = Stage {
        sound: binary.without_canary().recorded_by(&recording),
        binary: binary.recorded_by(&recording),
        installation,
        recording,
        url: String::new(),
        token: String::new(),
        product: Value::Null,
    };
    let mut server = stage.open().await;
    server.kill();
    server = stage.serve().await;
    stage.place(ORDERS).await;
    // Orders, their reservations, and the mail about them.
    for end in [
        "ordering.sqlite-wal",
        "inventory.sqlite-wal",
        "notifications.sqlite-wal",
    ] {
        server = stage.fail_a_sync(server, end).await;
        stage.place(ORDERS).await;
    }
    // The log cannot be moved into the file at the end, nor at the next start.
    stage.recording.fail_syncs_of("ordering.sqlite");
    server.ask_to_stop();
    server.wait();
    stage.recording.let_syncs_succeed();
    server = stage.serve().await;
    stage.place(ORDERS).await;
    server.stop();
    stage.recording.operations()
}

struct Stage {
    /// What the recording begins with; what it goes on with may have a known bug.
    sound: Binary,
    binary: Binary,
    installation: Installation,
    recording: Arc<Recording>,
    url: String,
    token: String,
    product: Value,
}

impl Stage {
    /// An admin, a customer, and more of a product than is ever ordered.
    async fn open(&mut self) -> Server {
        let create = [
            "users",
            "create",
            "--email",
            ADMIN,
            "--role",
            "admin",
            "--password-stdin",
        ];
        let path = self.installation.path();
        self.sound
            .run_with_input(path, &create, PASSWORD)
            .expecting_success();
        let server = Server::start(&self.sound, path);
        server.url().clone_into(&mut self.url);
        let register = json!({"email": CUSTOMER, "password": PASSWORD});
        self.post("/users").json(&register).answer().await.expecting(201);
        let admin = log_in(&self.url, ADMIN).await;
        let list =
            json!({"sku": "KETTLE", "name": "Kettle", "unit_price": {"amount": "19.99", "currency": "USD"}});
        let products = self.post("/products").bearer_auth(&admin).json(&list);
        self.product = products.answer().await.expecting(201);
        self.wait_idle();
        let adjustments = format!("/stock/{}/adjustments", text(&self.product["id"]));
        let plenty = json!({"delta": 100_000, "reason": "for everybody"});
        let adjusted = self.post(&adjustments).bearer_auth(&admin).json(&plenty);
        adjusted.answer().await.expecting(201);
        self.wait_idle();
        self.token = log_in(&self.url, CUSTOMER).await;
        self.note_served();
        server
    }

    fn note_served(&self) {
        let told = json!({"product": self.product, "token": self.token});
        self.recording.note_served(&told.to_string());
    }

    fn wait_idle(&self) {
        let wait = ["wait-idle", "--timeout", "60"];
        self.sound
            .run(self.installation.path(), &wait)
            .expecting_success();
    }

    async fn serve(&mut self) -> Server {
        let server = Server::start(&self.binary, self.installation.path());
        server.url().clone_into(&mut self.url);
        self.token = log_in(&self.url, CUSTOMER).await;
        self.wait_until_logged_in().await;
        self.note_served();
        server
    }

    /// A server that answers before it commits issues a token that it has not stored yet.
    async fn wait_until_logged_in(&self) {
        let known = async || {
            let me = Client::new().get(format!("{}/api/v1/users/me", self.url));
            me.bearer_auth(&self.token).answer().await.status == 200
        };
        timeout(PATIENCE, async { while !known().await {} })
            .await
            .expect("a token is known soon after it was given");
    }

    /// Lets syncs fail until the process has stopped because of it, and serves again.
    async fn fail_a_sync(&mut self, mut server: Server, end: &str) -> Server {
        self.recording.fail_syncs_of(end);
        if self.binary.has_canary() {
            self.place(ORDERS).await;
            server.kill();
        } else {
            self.place(usize::MAX).await;
            // It ends by SIGABRT.
            assert_eq!(
                code_of(server.wait()),
                134,
                "{}",
                server.log().so_far().join("\n")
            );
            // The content of the log cannot be synced as long as syncs fail.
            let serve = self
                .binary
                .run(self.installation.path(), &["serve", "--bind", "127.0.0.1:0"]);
            let line = serve.expecting_one_line(3);
            assert!(line.contains(end), "{line}");
        }
        self.recording.let_syncs_succeed();
        self.serve().await
    }

    /// Places so many orders and confirms every other one, until that is done or the server is gone. Each answer is noted as it comes.
    async fn place(&self, orders: usize) {
        let (left, mut clients) = (Arc::new(AtomicUsize::new(orders)), JoinSet::new());
        for _ in 0..CLIENTS {
            let (left, recording) = (Arc::clone(&left), Arc::clone(&self.recording));
            let (url, token, product) = (self.url.clone(), self.token.clone(), self.product.clone());
            let is_sound = !self.binary.has_canary();
            clients.spawn(async move {
                let client = Client::new();
                let take = |left: usize| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    let ordered = order(&client, &url, &token, &product, &recording, is_sound).await;
                    if ordered.is_none() {
                        return;
                    }
                }
            });
        }
        timeout(PATIENCE, clients.join_all())
            .await
            .expect("every request is answered, or its connection ends");
    }

    fn post(&self, path: &str) -> RequestBuilder {
        Client::new().post(format!("{}/api/v1{path}", self.url))
    }
}

/// One order; nothing when the server is gone.
async fn order(
    client: &Client,
    url: &str,
    token: &str,
    product: &Value,
    recording: &Recording,
    is_sound: bool,
) -> Option<()> {
    let key = format!("key-{:016x}", crate::torture::Random::fresh_seed());
    let key = format!("{key}-{:?}", std::thread::current().id());
    let placed = client.post(format!("{url}/api/v1/orders")).bearer_auth(token);
    let placed = placed
        .header("Idempotency-Key", &key)
        .json(&body_of(product))
        .send()
        .await;
    let placed = noted(placed, &key, recording, is_sound).await?;
    if placed["id"]
        .as_str()
        .is_some_and(|id| id.ends_with(['0', '2', '4', '6', '8', 'a', 'c', 'e']))
    {
        let confirm = format!("{url}/api/v1/orders/{}/confirm", text(&placed["id"]));
        let confirmed = client
            .post(confirm)
            .bearer_auth(token)
            .json(&an_address())
            .send()
            .await;
        noted(confirmed, "", recording, is_sound).await?;
    }
    Some(())
}

/// Records the client's answer as soon as it is complete.
async fn noted(
    response: Result<reqwest::Response, reqwest::Error>,
    key: &str,
    recording: &Recording,
    is_sound: bool,
) -> Option<Value> {
    let answer = Answer::read(response.ok()?).await.ok()?;
    if answer.status == 503 {
        // The process is about to stop.
        return None;
    }
    if !(200..=202).contains(&answer.status) {
        // A server that answers before it commits has not stored what it has just acknowledged.
        assert!(!is_sound, "{}", answer.text);
        return Some(Value::Null);
    }
    let order = answer.json();
    recording.note_told(&json!({"order": order, "key": key}).to_string());
    Some(order)
}

/// The body that places an order.
pub(super) fn body_of(product: &Value) -> Value {
    json!({"currency": "USD", "lines": [{
        "product_id": product["id"],
        "product_name": product["name"],
        "unit_price": product["unit_price"],
        "quantity": 1,
    }]})
}

/// The access token of a user.
async fn log_in(url: &str, email: &str) -> String {
    let form = [
        ("grant_type", "password"),
        ("username", email),
        ("password", PASSWORD),
    ];
    let tokens = Client::new().post(format!("{url}/api/v1/auth/token")).form(&form);
    text(&tokens.answer().await.expecting(200)["access_token"])
}
