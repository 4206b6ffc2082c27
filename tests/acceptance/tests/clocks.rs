//! A machine, or one of several, whose clock is wrong when the server starts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

use acceptance::{Answer, Asking, Binary, Engine, Login, Server, TestApp, an_order, on_every_engine};

on_every_engine!(
    a_key_gets_its_first_answer_wherever_the_clock_stands_at_a_start,
    a_clock_that_is_forty_days_ahead_at_a_start_and_back_at_the_next_empties_no_log
);

/// One server serves a folder, and several a database, which has a clock of its own.
mod of_a_database {
    acceptance::on_engine!(Postgres:
        of_several_servers_one_with_a_wrong_clock_makes_nobody_forget,
        a_key_outlives_a_database_whose_clock_is_forty_days_ahead
    );
}

/// The contexts whose logs have events here.
const CONTEXTS: [&str; 3] = ["accounts", "catalog", "ordering"];

/// Starts the server anew on a machine whose clock is so many days ahead.
fn restart_ahead_by_days(app: &mut TestApp, days: i32) {
    app.server.stop();
    app.binary = Binary::released().with_clock_ahead_by_days(days);
    app.restart();
}

async fn place_under_a_key(app: &TestApp, login: &Login) -> Answer {
    app.post("/orders")
        .by(login)
        .header("Idempotency-Key", "placed-under-the-right-clock")
        .json(&an_order().with_line(app.kettle().await).body())
        .answer()
        .await
}

fn events(app: &TestApp) -> Vec<u64> {
    let count = |context: &&str| {
        let rows = app.installation().rows(context, "SELECT count(*) FROM event_log");
        rows[0][0].parse().unwrap()
    };
    CONTEXTS.iter().map(count).collect()
}

fn told_of_a_jump(app: &TestApp) -> usize {
    let log = app.server.log().so_far();
    log.iter()
        .filter(|line| line.contains("the clock has jumped"))
        .count()
}

async fn a_key_gets_its_first_answer_wherever_the_clock_stands_at_a_start(engine: Engine) {
    let mut app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let first = place_under_a_key(&app, &ada).await;
    for days in [3, 40, -10, 0] {
        restart_ahead_by_days(&mut app, days);
        let ada = app.log_in("ada").await;
        let again = place_under_a_key(&app, &ada).await;
        assert_eq!((again.status, &again.text), (201, &first.text), "{days}");
        assert_eq!(again.header("idempotent-replayed"), Some("true"), "{days}");
        assert_eq!(app.orders(&ada).await.len(), 1, "{days}");
        // On PostgreSQL only the server's clock would count, and that is right.
        let jumped = engine == Engine::Sqlite && days != 0;
        assert_eq!(told_of_a_jump(&app), usize::from(jumped), "{days}");
    }
}

async fn a_clock_that_is_forty_days_ahead_at_a_start_and_back_at_the_next_empties_no_log(engine: Engine) {
    let mut app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let kettle = app.kettle().await;
    app.place(&ada, &an_order().with_line(kettle.clone()).body())
        .await;
    app.wait_idle();
    let before = events(&app);
    assert!(before.iter().all(|events| *events > 0), "{before:?}");

    restart_ahead_by_days(&mut app, 40);
    let ada = app.log_in("ada").await;
    app.place(&ada, &an_order().with_line(kettle.clone()).body())
        .await;
    restart_ahead_by_days(&mut app, 0);
    let ada = app.log_in("ada").await;
    app.place(&ada, &an_order().with_line(kettle).body()).await;
    app.wait_idle();
    let after = events(&app);
    assert!(
        before.iter().zip(&after).all(|(before, after)| before <= after),
        "{before:?} became {after:?}"
    );
    assert_eq!(app.orders(&ada).await.len(), 3);
    assert_eq!(told_of_a_jump(&app), 0);
}

async fn of_several_servers_one_with_a_wrong_clock_makes_nobody_forget(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let first = place_under_a_key(&app, &ada).await;
    app.wait_idle();
    let before = events(&app);
    for days in [40, 3, -10] {
        let mut wrong = Server::start(
            &app.binary.with_clock_ahead_by_days(days),
            app.installation().path(),
        );
        // Retention runs at once, while this waits.
        app.wait_idle();
        wrong.stop();
    }
    let again = place_under_a_key(&app, &ada).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(app.orders(&ada).await.len(), 1);
    assert!(
        events(&app)
            .iter()
            .zip(&before)
            .all(|(after, before)| after >= before)
    );
}

async fn a_key_outlives_a_database_whose_clock_is_forty_days_ahead(engine: Engine) {
    let mut app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let first = place_under_a_key(&app, &ada).await;
    app.wait_idle();
    let before = events(&app);
    app.server.stop();
    // The clock of a server that other tests use as well is not set: instead, all stamps are moved the other way.
    for context in ["accounts", "catalog", "ordering", "inventory", "notifications"] {
        for (table, column) in [
            ("lived_time", "stamps_from"),
            ("lived_hours", "stamps_from"),
            ("command_log", "recorded_at"),
            ("event_log", "published_at"),
        ] {
            let statement = format!("UPDATE {table} SET {column} = {column} - interval '40 days'");
            app.installation().tamper(context, &statement);
        }
    }
    app.restart();
    app.wait_idle();
    let again = place_under_a_key(&app, &ada).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(app.orders(&ada).await.len(), 1);
    assert_eq!(events(&app), before);
    assert_eq!(told_of_a_jump(&app), 1);
    let metrics = reqwest::get(format!("{}/metrics", app.server.url()))
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    // 3,456,000 seconds, and those since the last look.
    let jumped = "orderly_clock_jump_seconds{context=\"ordering\"} 3456";
    assert!(metrics.contains(jumped), "{metrics}");
}
