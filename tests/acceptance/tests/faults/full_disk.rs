//! A disk on which nothing more can be written, under a server that serves.

use acceptance::{
    Answer, Asking, Binary, Engine, FailingDisk, Login, Server, TestApp, an_order,
    bodies::LineBody,
    failing_disk::{BROKEN, NO_SPACE},
};

struct Shop {
    app: TestApp,
    disk: FailingDisk,
    ada: Login,
    kettle: LineBody,
}

impl Shop {
    async fn open() -> Self {
        let mut app = TestApp::start(Engine::Sqlite);
        let ada = app.customer("ada").await;
        let kettle = app.kettle().await;
        app.wait_idle();
        let disk = FailingDisk::new();
        app.server.stop();
        app.binary = Binary::released().on(&disk);
        app.restart();
        Self {
            app,
            disk,
            ada,
            kettle,
        }
    }

    async fn place(&self, key: &str) -> Answer {
        self.app
            .post("/orders")
            .by(&self.ada)
            .header("Idempotency-Key", key)
            .json(&an_order().with_line(self.kettle.clone()).body())
            .answer()
            .await
    }

    async fn readiness(&self) -> Answer {
        let url = format!("{}/readyz", self.app.server.url());
        reqwest::Client::new().get(url).answer().await
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_is_to_be_written_and_nothing_else_and_it_passes() {
    let mut shop = Shop::open().await;
    let before = shop.place("placed-before-it-was-full").await.expecting(201);
    shop.app.wait_idle();
    shop.disk.fail_writes_to("ordering.sqlite-wal", NO_SPACE);
    for again in ["the first time", "and again"] {
        let refused = shop.place("placed-while-it-is-full").await;
        assert_eq!(refused.refusal(), (503, "storage_full".to_owned()), "{again}");
        assert!(refused.header("retry-after").is_some());
        // What is there can be read, and readiness says what is wrong.
        assert_eq!(shop.app.order(&shop.ada, &before["id"]).await, before);
        let (status, code) = shop.readiness().await.refusal();
        assert_eq!((status, code.as_str()), (503, "not_ready"));
    }
    shop.disk.works();
    // It recovers by itself, by what is asked of it: here, whether it is ready.
    assert_eq!(shop.readiness().await.json()["status"], "ready");
    let placed = shop.place("placed-while-it-is-full").await.expecting(201);
    assert_eq!(shop.place("placed-while-it-is-full").await.expecting(201), placed);
    let orders = shop.app.orders(&shop.ada).await;
    assert_eq!(orders.len(), 2);
    // Nothing that was refused is found by the next start.
    shop.app.kill_and_restart();
    assert_eq!(shop.app.orders(&shop.ada).await, orders);
}

#[tokio::test]
async fn a_write_makes_a_context_ready_again_as_well() {
    let shop = Shop::open().await;
    shop.disk.fail_writes_to("ordering.sqlite-wal", NO_SPACE);
    let refused = shop.place("placed-on-a-full-disk").await;
    assert_eq!(refused.refusal(), (503, "storage_full".to_owned()));
    shop.disk.works();
    shop.place("placed-on-a-full-disk").await.expecting(201);
    assert_eq!(shop.readiness().await.json()["status"], "ready");
}

#[tokio::test]
async fn a_sync_that_fails_still_stops_the_process_and_what_was_acknowledged_is_there_afterwards() {
    let mut shop = Shop::open().await;
    let before = shop.place("placed-before-it-was-full").await.expecting(201);
    shop.disk.fail_syncs_of("ordering.sqlite-wal", BROKEN);
    let unanswered = shop
        .app
        .post("/orders")
        .by(&shop.ada)
        .json(&an_order().with_line(shop.kettle.clone()).body())
        .send()
        .await;
    assert!(unanswered.is_err(), "found {unanswered:?}");
    assert!(!shop.app.server.wait().success());
    shop.disk.works();
    let log = shop.app.server.log().so_far();
    assert!(
        log.iter()
            .any(|line| line.contains("whether it is on disk cannot be known")),
        "{log:?}"
    );
    let folder = shop.app.installation().path().to_owned();
    shop.app.server = Server::start(&Binary::released(), &folder);
    assert_eq!(shop.app.order(&shop.ada, &before["id"]).await, before);
}
