//! Many clients take every step of an order's life at once, on PostgreSQL. Every transaction takes its rows in one order, so that there are no
//! deadlocks, and no request is refused because of one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use acceptance::{
    Asking, Engine, Login, TestApp, an_address, an_order,
    answer::text,
    bodies::{LineBody, a_shipment},
    steps::path,
    torture::Plan,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const CLIENTS: usize = 32;
/// Orders that each client sees through in the short form.
const ORDERS_EACH: usize = 10;
/// How long the full form goes on.
const LONG: Duration = Duration::from_secs(60);

/// When a client has done enough.
#[derive(Clone, Copy)]
enum Until {
    Orders(usize),
    Time(Instant),
}

impl Until {
    fn goes_on(self, done: usize) -> bool {
        match self {
            Self::Orders(orders) => done < orders,
            Self::Time(end) => Instant::now() < end,
        }
    }
}

/// What clients need to order, to ship and to count, and how often each status was answered.
struct Shop {
    app: TestApp,
    ada: Login,
    sam: Login,
    products: Vec<LineBody>,
    statuses: Mutex<BTreeMap<u16, usize>>,
}

impl Shop {
    /// Asks for something, and notes the status of the answer.
    async fn ask(&self, path: &str, by: &Login, body: Value) -> Value {
        let answer = self.app.post(path).by(by).json(&body).answer().await;
        *self.statuses.lock().unwrap().entry(answer.status).or_default() += 1;
        answer.json()
    }

    /// An order that is placed, confirmed, and cancelled or shipped, whichever comes first; and stock that is counted meanwhile.
    async fn see_one_through(&self, number: usize) {
        let product = |at: usize| self.products[at % self.products.len()].clone();
        let order = an_order()
            .with_line(product(number))
            .with_line(product(number + 1 + number % 3));
        let order = self.ask("/orders", &self.ada, order.body()).await;
        let step = |step| path(&order, step);
        self.ask(&step("confirm"), &self.ada, an_address()).await;
        let stock = format!(
            "/stock/{}/adjustments",
            text(&product(number).body()["product_id"])
        );
        let adjustment = json!({"delta": 1, "reason": "found behind a shelf"});
        let (shipment, cancelling) = (step("ship"), step("cancel"));
        tokio::join!(
            self.ask(&shipment, &self.sam, a_shipment()),
            self.ask(&cancelling, &self.ada, json!({})),
            self.ask(&stock, &self.sam, adjustment),
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_clients_that_confirm_cancel_ship_and_count_none_meets_a_deadlock() {
    let app = TestApp::start(Engine::Postgres);
    let mut products = Vec::new();
    for number in 1..=8 {
        products.push(app.product(&format!("Product {number}"), "1.00").await);
    }
    let shop = Arc::new(Shop {
        ada: app.customer("ada").await,
        sam: app.staff().await,
        products,
        statuses: Mutex::default(),
        app,
    });
    let until = match Plan::of_rounds(1, 25).rounds {
        1 => Until::Orders(ORDERS_EACH),
        _ => Until::Time(Instant::now() + LONG),
    };
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let shop = Arc::clone(&shop);
        clients.spawn(async move {
            let mut done = 0;
            while until.goes_on(done) {
                shop.see_one_through(client + done * CLIENTS).await;
                done += 1;
            }
            done
        });
    }
    let orders: usize = clients.join_all().await.iter().sum();
    shop.app.wait_idle();
    // A connection reports its counts to the server when it ends, at the latest.
    let Shop {
        mut app, statuses, ..
    } = Arc::into_inner(shop).unwrap();
    let statuses = statuses.into_inner().unwrap();
    app.server.stop();
    let database = app.installation().database();
    while database.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orderly' AND datname = current_database()") != "0\n" {
        tokio::task::yield_now().await;
    }
    let counted = database.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    app.restart();
    println!(
        "{CLIENTS} clients, {orders} orders, answers {statuses:?}, deadlocks {}",
        counted.trim()
    );
    let refused: Vec<_> = statuses.keys().filter(|status| **status >= 500).collect();
    assert!(
        refused.is_empty(),
        "found {statuses:?}, expected no answer of 500 or more"
    );
    assert_eq!(counted.trim(), "0", "deadlocks");
}
