//! Readiness, and stopping without dropping a request.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use acceptance::{Engine, PASSWORD, Server, TestApp, on_every_engine, test_app::email};
use serde_json::json;

on_every_engine!(
    a_server_is_alive_and_ready_once_it_has_said_so,
    a_server_asked_to_stop_answers_who_is_in_and_lets_nobody_in,
    a_connection_that_asks_nothing_does_not_hold_up_the_end
);

async fn a_server_is_alive_and_ready_once_it_has_said_so(engine: Engine) {
    let app = TestApp::start(engine);
    for path in ["/livez", "/readyz"] {
        let answer = reqwest::get(format!("{}{path}", app.server.url())).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    assert_eq!(
        app.server.stdout().so_far(),
        [format!("orderly is listening on {}", app.server.url())]
    );
}

/// A request whose headers the server has read, and whose body it waits for.
struct RequestUnderWay {
    stream: TcpStream,
    body: String,
}

impl RequestUnderWay {
    /// Registers `name`, as far as the headers: "100 Continue" says that they are being answered.
    fn to_register(server: &Server, name: &str) -> Self {
        let body = json!({"email": email(name), "password": PASSWORD}).to_string();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        write!(
            stream,
            "POST /api/v1/users HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        )
        .unwrap();
        let mut answer = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    /// Sends the body and reads the answer, until the server closes the connection.
    fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

async fn a_server_asked_to_stop_answers_who_is_in_and_lets_nobody_in(engine: Engine) {
    let mut app = TestApp::start(engine);
    let under_way: Vec<RequestUnderWay> = (0..8)
        .map(|number| RequestUnderWay::to_register(&app.server, &format!("user{number}")))
        .collect();
    app.server.ask_to_stop();
    app.server.log().wait_for("stopping");
    let address = app.server.address().to_owned();
    for request in under_way {
        let answer = request.finish();
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    }
    let status = app.server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(app.server.stdout().so_far().len(), 1);

    app.restart();
    for number in 0..8 {
        app.log_in(&format!("user{number}")).await;
    }
}

async fn a_connection_that_asks_nothing_does_not_hold_up_the_end(engine: Engine) {
    let mut app = TestApp::start(engine);
    // The client keeps its connection open, for the next request.
    let client = reqwest::Client::new();
    let answer = client
        .get(format!("{}/livez", app.server.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let asked = Instant::now();
    app.server.stop();
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(5), "the end took {took:?}");
    drop(client);
    app.restart();
}
