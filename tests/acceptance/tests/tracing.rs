//! One trace from a request over its command and commit to the deliveries, as a collector gets it; without a collector,
//! requests are not affected.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use acceptance::{
    Asking, Collector, Engine, Installation, Login, TestApp, an_address, an_order, answer::text,
    collector::Span, on_every_engine,
};
use mail_server::MailServer;
use reqwest::Client;
use serde_json::Value;

on_every_engine!(
    an_order_is_one_trace_from_the_request_to_its_mail,
    a_callers_trace_is_continued_if_it_is_recorded,
    a_delivery_that_is_tried_again_after_a_restart_stays_in_its_trace,
    a_collector_that_is_down_or_silent_holds_nobody_up
);

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// An installation that sends its spans to this URL, with these settings besides.
fn sending_to(engine: Engine, url: &str, settings: &[(&str, &str)]) -> TestApp {
    let installation = Installation::new(engine);
    installation.set("ORDERLY_OTLP_ENDPOINT", url);
    for (variable, value) in settings {
        installation.set(variable, value);
    }
    TestApp::start_in(installation)
}

/// A placed order.
async fn placed(app: &TestApp, customer: &Login) -> Value {
    app.place(customer, &an_order().with_line(app.kettle().await).body())
        .await
}

/// Confirms an order, as a part of the caller's trace if they have one.
async fn confirm(app: &TestApp, customer: &Login, order: &Value, traceparent: Option<&str>) {
    let path = format!("/orders/{}/confirm", text(&order["id"]));
    let mut request = app.post(&path).by(customer).json(&an_address());
    if let Some(traceparent) = traceparent {
        request = request.header("traceparent", traceparent);
    }
    request.answer().await.expecting(200);
}

fn caller(flags: &str) -> String {
    format!("00-{TRACE}-{CALLER}-{flags}")
}

/// The span of this name right below another.
fn below(collector: &Collector, parent: &Span, name: &str) -> Span {
    let span = collector.wait_for(&format!("{name} below {parent:?}"), |span| {
        span.name == name && span.is_below(parent)
    });
    assert!(span.has_times && span.error.is_none(), "{span:?}");
    span
}

/// The span of a request that led to this command, with that command's.
fn request_and_command(collector: &Collector, request: &str, command: &str) -> [Span; 2] {
    let request = collector.wait_for(request, |span| span.name == request);
    let command = below(collector, &request, command);
    [request, command]
}

async fn an_order_is_one_trace_from_the_request_to_its_mail(engine: Engine) {
    let collector = Collector::start();
    let app = sending_to(engine, &collector.url(), &[("OTEL_SERVICE_NAME", "the-shop")]);
    let ada = app.customer("ada").await;
    let order = placed(&app, &ada).await;
    confirm(&app, &ada, &order, None).await;

    let [request, command] = request_and_command(&collector, "POST /api/v1/users", "RegisterUser");
    assert_eq!(request.parent_span_id, "");
    assert_eq!(request.service, "the-shop");
    assert_eq!(request.attribute("http.request.method"), "POST");
    assert_eq!(request.attribute("http.route"), "/api/v1/users");
    assert_eq!(request.attribute("http.response.status_code"), "201");
    assert_eq!(request.attribute("request_id").replace('-', ""), request.trace_id);
    assert_eq!(command.attribute("outcome"), "done");
    let commit = below(&collector, &command, "commit");
    assert!(commit.attribute("write_sets").parse::<u32>().unwrap() >= 1);
    for delivery in [
        "ordering.users UserAccountCreated",
        "notifications.users UserAccountCreated",
    ] {
        let delivery = below(&collector, &command, delivery);
        assert_eq!(delivery.attribute("attempt"), "1");
        below(&collector, &delivery, "commit");
    }

    let [placing, command] = request_and_command(&collector, "POST /api/v1/orders", "PlaceOrder");
    below(&collector, &command, "commit");
    let path = "POST /api/v1/orders/{order_id}/confirm";
    let [confirming, command] = request_and_command(&collector, path, "ConfirmOrder");
    below(&collector, &command, "commit");
    let delivery = below(&collector, &command, "notifications.orders OrderConfirmed");
    below(&collector, &delivery, "commit");
    assert_ne!(placing.trace_id, confirming.trace_id);

    let answer = reqwest::get(format!("{}/metrics", app.server.url()))
        .await
        .unwrap();
    let figures = answer.text().await.unwrap();
    assert!(figures.contains("\norderly_spans_lost_total 0\n"), "{figures}");
}

async fn a_callers_trace_is_continued_if_it_is_recorded(engine: Engine) {
    let collector = Collector::start();
    let settings = [("ORDERLY_OTLP_SAMPLE", "0"), ("ORDERLY_LOG", "info,web=debug")];
    let mut app = sending_to(engine, &collector.url(), &settings);
    let ada = app.customer("ada").await;
    let order = placed(&app, &ada).await;
    confirm(&app, &ada, &order, Some(&caller("00"))).await;
    let order = placed(&app, &ada).await;
    confirm(&app, &ada, &order, Some(&caller("01"))).await;
    let probe = format!("{}/livez", app.server.url());
    let probe = Client::new().get(probe).header("traceparent", caller("01"));
    assert_eq!(probe.answer().await.status, 200);
    app.wait_idle();
    app.server.stop();

    let spans = collector.spans();
    assert!(spans.iter().all(|span| span.trace_id == TRACE), "{spans:#?}");
    let mut names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "ConfirmOrder",
            "GET /livez",
            "POST /api/v1/orders/{order_id}/confirm",
            "commit",
            "commit",
            "commit",
            "commit",
            "inventory.orders OrderConfirmed",
            "notifications.orders OrderConfirmed",
            "ordering.reservations StockReserved",
        ]
    );
    let requests = spans.iter().filter(|span| span.parent_span_id == CALLER);
    assert_eq!(requests.count(), 2, "{spans:#?}");

    let of_trace = |line: &String| line.contains(TRACE) && line.contains("\"answered\"");
    let lines = app.server.log().so_far();
    let answered: Vec<Value> = lines
        .iter()
        .filter(|line| of_trace(line))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answered.len(), 3, "whether it is recorded or not");
    for line in answered {
        assert_eq!(line["trace_id"], TRACE);
        assert_eq!(line["request_id"].as_str().unwrap().len(), 36);
    }
}

async fn a_delivery_that_is_tried_again_after_a_restart_stays_in_its_trace(engine: Engine) {
    let collector = Collector::start();
    let mut mail = MailServer::start();
    let mut app = sending_to(engine, &collector.url(), &[("ORDERLY_MAIL", &mail.url())]);
    let ada = app.customer("ada").await;
    app.wait_idle();
    let order = placed(&app, &ada).await;
    mail.go_down();
    confirm(&app, &ada, &order, Some(&caller("01"))).await;
    let line = app.server.log().wait_for("a delivery failed and is held");
    app.server.stop();
    mail.come_back();
    app.restart();
    app.wait_idle();

    let command = collector.wait_for("ConfirmOrder", |span| span.name == "ConfirmOrder");
    let attempts = |failed: bool| {
        collector.wait_for("of an attempt", |span| {
            span.name == "notifications.orders OrderConfirmed" && span.error.is_some() == failed
        })
    };
    let (first, last) = (attempts(true), attempts(false));
    assert!(first.is_below(&command) && last.is_below(&command));
    assert_eq!(
        (first.trace_id.as_str(), first.attribute("attempt")),
        (TRACE, "1")
    );
    assert!(last.attribute("attempt").parse::<u32>().unwrap() > 1, "{last:?}");
    below(&collector, &last, "commit");
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["trace_id"], &line["attempt"]), (&TRACE.into(), &1.into()));
}

async fn a_collector_that_is_down_or_silent_holds_nobody_up(engine: Engine) {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = Collector::start();
    silent.fall_silent();
    for url in [format!("http://{nobody}"), silent.url()] {
        let mut app = sending_to(engine, &url, &[]);
        let ada = app.customer("ada").await;
        if url == silent.url() {
            silent.wait_for_waiting();
        } else {
            app.server.log().wait_for("spans do not reach the collector");
        }
        for _ in 0..10 {
            let order = placed(&app, &ada).await;
            confirm(&app, &ada, &order, None).await;
        }
        app.wait_idle();
        let asked = Instant::now();
        app.server.stop();
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(10), "found {took:?} to stop");
        let line = app.server.log().wait_for("spans did not reach the collector");
        let line: Value = serde_json::from_str(&line).unwrap();
        assert!(line["lost"].as_u64().unwrap() > 10, "{line}");
        assert_eq!(line["level"], "WARN");
    }
}
