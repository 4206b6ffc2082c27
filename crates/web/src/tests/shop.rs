//! A shop in memory: the routes over fakes, and helpers for requests.

use std::sync::Arc;

use accounts_app::{
    Accounts, AccountsPorts, CreateUser, Secret,
    in_memory::{InMemoryAccounts, TransparentAccessTokens, TransparentPasswords, TransparentRefreshTokens},
};
use actix_web::{
    App,
    http::{Method, StatusCode, header::HeaderMap},
    test::{self, TestRequest},
};
use catalog::{Catalog, in_memory::InMemoryCatalog};
use inventory_app::{Inventory, in_memory::InMemoryInventory};
use message_bus::{Actor, CommandMeta, Handles, ReactsTo, Sampling};
use operations::{Doctor, Operations, Timelines, in_memory::InMemoryOperations};
use ordering_app::{Ordering, in_memory::InMemoryOrdering};
use serde_json::{Value, json};
use shared_kernel::{
    Clock, IdGenerator, Role,
    events::ProductListed,
    in_memory::{CountingIds, ManualClock},
};

use super::stories::{Story, told_to};
use crate::{
    Cursors, Devices, IdempotencyKeys, LastReady, Metrics, OperatorSessions, Serving, StalledRelay,
    TrustedProxies, WebState, configure, openapi::tests::answers::assert_as_said,
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Shop {
    pub(crate) state: WebState,
    pub(crate) clock: Arc<ManualClock>,
}

/// A logged-in user.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and code, which are all of most refusals.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), code)
    }

    /// The field errors, as pointer and code.
    pub(crate) fn errors(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let errors = errors.iter();
        errors
            .map(|error| format!("{} {}", text(&error["pointer"]), text(&error["code"])))
            .collect()
    }
}

impl Shop {
    pub(crate) fn open() -> Self {
        let ids: Arc<dyn IdGenerator> = Arc::new(CountingIds::default());
        let manual_clock = Arc::new(ManualClock::default());
        let clock: Arc<dyn Clock> = Arc::clone(&manual_clock) as _;
        let accounts = Accounts::new(AccountsPorts {
            store: Arc::<InMemoryAccounts>::default(),
            passwords: Arc::new(TransparentPasswords::default()),
            access_tokens: Arc::new(TransparentAccessTokens),
            refresh_tokens: Arc::new(TransparentRefreshTokens::new(Arc::clone(&ids))),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            shop_name: "Orderly".to_owned(),
        });
        let inventory = Inventory::new(Arc::<InMemoryInventory>::default(), Arc::clone(&ids));
        let ordering = Ordering::new(Arc::<InMemoryOrdering>::default(), Arc::clone(&ids));
        Self {
            clock: manual_clock,
            state: WebState {
                accounts: Arc::new(accounts),
                catalog: Arc::new(Catalog::new(Arc::<InMemoryCatalog>::default(), Arc::clone(&ids))),
                ordering: Arc::new(ordering),
                inventory: Arc::new(inventory),
                operations: Arc::new(Operations::new(
                    vec![
                        Arc::new(InMemoryOperations::new("accounts")),
                        Arc::new(InMemoryOperations::new("ordering")),
                    ],
                    Arc::clone(&clock),
                )),
                timelines: Timelines::new(vec![Arc::new(Story)], vec![told_to()]),
                doctor: Doctor::new(vec![], vec![told_to()], Arc::clone(&clock)),
                idempotency: IdempotencyKeys::new([1; 32]),
                cursors: Cursors::new([2; 32]),
                proxies: TrustedProxies::default(),
                connections_of_a_network: 0,
                cors_origins: Arc::default(),
                devices: Devices::new([4; 32]),
                operator_sessions: OperatorSessions::new([3; 32]),
                metrics: Metrics::new().unwrap(),
                last_ready: LastReady::default(),
                stalled_relay: StalledRelay::of_at_most(300),
                sampling: Sampling::NONE,
                spans_lost: Some(Arc::default()),
                clock,
                ids,
            },
        }
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Answered {
        self.send_to(Serving::Everything, request).await
    }

    /// What this user gets at a path.
    pub(crate) async fn get(&self, login: &Login, path: &str) -> Answered {
        self.send(get(path).by(login)).await
    }

    /// What this user is answered who posts a body.
    pub(crate) async fn post(&self, login: &Login, path: &str, body: Value) -> Answered {
        self.send(post(path).by(login).set_json(body)).await
    }

    /// What this user is answered who puts a body.
    pub(crate) async fn put(&self, login: &Login, path: &str, body: Value) -> Answered {
        self.send(put(path).by(login).set_json(body)).await
    }

    /// The same, to an address that serves these routes.
    pub(crate) async fn send_to(&self, serving: Serving, request: TestRequest) -> Answered {
        let configure = configure(self.state.clone(), serving);
        let service = test::init_service(App::new().configure(configure)).await;
        let request = request.to_request();
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let response = test::call_service(&service, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = test::read_body(response).await;
        let answered = Answered {
            status,
            headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        };
        assert_as_said(&method, &path, &answered);
        answered
    }

    /// Logs a new customer in.
    pub(crate) async fn customer(&self, name: &str) -> Login {
        let email = format!("{name}@example.com");
        let body = json!({"email": email, "password": PASSWORD});
        let answer = self.send(post("/users").set_json(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        self.log_in(&email).await
    }

    pub(crate) async fn staff(&self) -> Login {
        self.user_with_role("staff@example.com", Role::Staff).await
    }

    pub(crate) async fn admin(&self) -> Login {
        self.user_with_role("admin@example.com", Role::Admin).await
    }

    /// So that the other one need not remain.
    pub(crate) async fn another_admin(&self) -> Login {
        self.user_with_role("another.admin@example.com", Role::Admin)
            .await
    }

    async fn user_with_role(&self, email: &str, role: Role) -> Login {
        let meta = CommandMeta::new(Actor::Operator, self.state.clock.now(), &*self.state.ids);
        let command = CreateUser {
            email: email.parse().unwrap(),
            password: Secret::new(PASSWORD.to_owned()),
            role,
        };
        self.state.accounts.send(command, meta).await.unwrap();
        self.log_in(email).await
    }

    pub(crate) async fn log_in(&self, email: &str) -> Login {
        self.list_the_kettle().await;
        let form = [
            ("grant_type", "password"),
            ("username", email),
            ("password", PASSWORD),
        ];
        let answer = self.send(post("/auth/token").set_form(form)).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let token = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        Login {
            access_token: token("access_token"),
            refresh_token: token("refresh_token"),
        }
    }

    /// Ordering applies the event of the kettle that [`an_order`] and [`a_line`] are about.
    async fn list_the_kettle(&self) {
        let line = a_line();
        let kettle = ProductListed {
            product_id: serde_json::from_value(line["product_id"].clone()).unwrap(),
            sku: "KETTLE".to_owned(),
            name: "Kettle".to_owned(),
            unit_price: serde_json::from_value(line["unit_price"].clone()).unwrap(),
        };
        let actor = Actor::Consumer("ordering.products");
        let meta = CommandMeta::new(actor, self.state.clock.now(), &*self.state.ids);
        self.state.ordering.react(kettle, meta).await.unwrap();
    }

    /// Places an order of one line and returns its JSON.
    pub(crate) async fn order(&self, login: &Login) -> Value {
        let answer = self.send(post("/orders").by(login).set_json(an_order())).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json()
    }
}

/// A request, by whom it is made.
pub(crate) trait By {
    fn by(self, login: &Login) -> Self;
}

impl By for TestRequest {
    fn by(self, login: &Login) -> Self {
        self.insert_header(("Authorization", format!("Bearer {}", login.access_token)))
    }
}

/// A request to a path below `/api/v1`.
pub(crate) fn request(method: Method, path: &str) -> TestRequest {
    TestRequest::with_uri(&format!("/api/v1{path}"))
        .method(method)
        .insert_header(("Request-Id", "the-request"))
}

pub(crate) fn get(path: &str) -> TestRequest {
    request(Method::GET, path)
}

pub(crate) fn post(path: &str) -> TestRequest {
    request(Method::POST, path)
}

pub(crate) fn put(path: &str) -> TestRequest {
    request(Method::PUT, path)
}

/// The body that places an order of one line.
pub(crate) fn an_order() -> Value {
    json!({"currency": "USD", "lines": [a_line()]})
}

pub(crate) fn a_line() -> Value {
    json!({
        "product_id": "0197b2c4-0000-7000-8000-00000000beef",
        "quantity": 2,
        "unit_price": {"amount": "19.99", "currency": "USD"},
    })
}

pub(crate) fn an_address() -> Value {
    json!({"street": "1 Main St", "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "US"})
}
