//! One installation for one test: its own folder or database, and its own port, removed afterwards.
//!
//! When the app of a test that succeeded is dropped, it is checked once more: whether every event was delivered, whether the doctor finds nothing,
//! whether the log holds an error or a panic, and whether a secret is anywhere in the log, the files or the database.

use std::{sync::Mutex, thread};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{
    Answer, Asking, Binary, Engine, Finished, Installation, Login, Server, answer::text, data_folder::holds,
};

/// Every test user's password. It occurs nowhere but in requests.
pub const PASSWORD: &str = "analytical-engine-1843";

/// An installation, and the server that serves it.
pub struct TestApp {
    /// What is tested.
    pub binary: Binary,
    /// The server.
    pub server: Server,
    client: Client,
    installation: Installation,
    log_before: Vec<String>,
    secrets: Mutex<Vec<String>>,
    pub(crate) shopkeeper: OnceCell<Login>,
}

impl TestApp {
    /// Starts a server on a new installation on this engine.
    pub fn start(engine: Engine) -> Self {
        Self::start_in(Installation::new(engine))
    }

    /// Starts a server on an installation.
    pub fn start_in(installation: Installation) -> Self {
        let binary = Binary::released();
        Self {
            server: Server::start(&binary, installation.path()),
            binary,
            client: Client::new(),
            installation,
            log_before: Vec::new(),
            secrets: Mutex::new(vec![PASSWORD.to_owned()]),
            shopkeeper: OnceCell::new(),
        }
    }

    /// What the server serves.
    pub const fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Kills the server and starts another on the same installation.
    pub fn kill_and_restart(&mut self) {
        self.server.kill();
        self.restart();
    }

    /// Starts another server on the same installation, after the first has ended.
    pub fn restart(&mut self) {
        self.log_before.extend(self.server.log().so_far());
        self.server = Server::start(&self.binary, self.installation.path());
    }

    /// Runs a command of the binary beside the server.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        self.binary.run(self.installation.path(), arguments)
    }

    /// The same, with something on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Finished {
        self.binary
            .run_with_input(self.installation.path(), arguments, input)
    }

    /// Waits until every event is delivered.
    pub fn wait_idle(&self) {
        self.run(&["wait-idle", "--timeout", "600"]).expecting_success();
    }

    /// A request to a path below `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/api/v1{path}", self.server.url()))
    }

    /// GET
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// POST
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// PUT
    pub fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
    }

    /// PATCH
    pub fn patch(&self, path: &str) -> RequestBuilder {
        self.request(Method::PATCH, path)
    }

    /// DELETE
    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }

    /// What is there for this user.
    pub async fn read(&self, login: &Login, path: &str) -> Value {
        self.get(path).by(login).answer().await.expecting(200)
    }

    /// Registers a user under this name and returns their JSON.
    pub async fn register(&self, name: &str) -> Value {
        let body = json!({"email": email(name), "password": PASSWORD});
        self.post("/users").json(&body).answer().await.expecting(201)
    }

    /// A new customer, logged in.
    pub async fn customer(&self, name: &str) -> Login {
        self.register(name).await;
        self.log_in(name).await
    }

    /// A new member of the staff, logged in.
    pub async fn staff(&self) -> Login {
        self.create_user("staff", "staff");
        self.log_in("staff").await
    }

    /// A new admin, logged in.
    pub async fn admin(&self) -> Login {
        self.create_user("admin", "admin");
        self.log_in("admin").await
    }

    /// Creates a user on the command line and returns their JSON.
    pub fn create_user(&self, name: &str, role: &str) -> Value {
        let arguments = [
            "users",
            "create",
            "--email",
            &email(name),
            "--role",
            role,
            "--password-stdin",
            "--json",
        ];
        let finished = self
            .binary
            .run_with_input(self.installation.path(), &arguments, PASSWORD);
        serde_json::from_str(&finished.expecting_success()).unwrap()
    }

    /// Asks for tokens with this form.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let answer = self.post("/auth/token").form(form).answer().await;
        let tokens = answer.json();
        for token in ["access_token", "refresh_token"] {
            if let Some(secret) = tokens[token].as_str() {
                self.secrets.lock().unwrap().push(secret.to_owned());
            }
        }
        answer
    }

    /// Tries a password.
    pub async fn try_to_log_in(&self, email: &str, password: &str) -> Answer {
        self.token(&[
            ("grant_type", "password"),
            ("username", email),
            ("password", password),
        ])
        .await
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
            .await
    }

    /// Logs the user of this name in.
    pub async fn log_in(&self, name: &str) -> Login {
        let tokens = self.try_to_log_in(&email(name), PASSWORD).await.expecting(200);
        let mut login = Login {
            user_id: String::new(),
            email: email(name),
            access_token: text(&tokens["access_token"]),
            refresh_token: text(&tokens["refresh_token"]),
        };
        let user = self.get("/users/me").by(&login).answer().await.expecting(200);
        login.user_id = text(&user["id"]);
        login
    }

    /// Places an order and returns its JSON.
    pub async fn place(&self, login: &Login, order: &Value) -> Value {
        self.post("/orders")
            .by(login)
            .json(order)
            .answer()
            .await
            .expecting(201)
    }

    /// The order with this id, as this user sees it.
    pub async fn order(&self, login: &Login, id: &Value) -> Value {
        self.get(&format!("/orders/{}", text(id)))
            .by(login)
            .answer()
            .await
            .expecting(200)
    }

    /// All orders that this user sees, page by page.
    pub async fn orders(&self, login: &Login) -> Vec<Value> {
        let mut orders = Vec::new();
        let mut page = "/orders?limit=100".to_owned();
        loop {
            let mut list = self.get(&page).by(login).answer().await.expecting(200);
            orders.extend(list["data"].as_array().unwrap().clone());
            match list["next_cursor"].take().as_str() {
                Some(cursor) => page = format!("/orders?limit=100&cursor={cursor}"),
                None => return orders,
            }
        }
    }

    fn check_what_is_left(&mut self) {
        let idle = self.run(&["wait-idle", "--timeout", "600"]);
        let doctor = self.run(&["doctor"]);
        self.server.kill();
        assert_eq!(idle.code, 0, "not everything was delivered: {}", idle.stderr);
        assert_eq!(
            doctor.code, 0,
            "the doctor found: {}{}",
            doctor.stdout, doctor.stderr
        );
        let log: Vec<String> = self
            .log_before
            .drain(..)
            .chain(self.server.log().so_far())
            .collect();
        for line in &log {
            assert!(
                !line.contains("\"level\":\"ERROR\"") && !line.contains("panicked at"),
                "{line}"
            );
        }
        let log = log.join("\n");
        let files = self.installation.contents();
        for secret in self.secrets.lock().unwrap().iter() {
            assert!(!log.contains(secret), "a secret stands in the log:\n{log}");
            for (path, content) in &files {
                assert!(!holds(content, secret), "a secret stands in {}", path.display());
            }
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("the server's log:\n{}", self.server.log().so_far().join("\n"));
        } else {
            self.check_what_is_left();
        }
    }
}

/// The address of the user of this name.
pub fn email(name: &str) -> String {
    format!("{name}@example.com")
}
