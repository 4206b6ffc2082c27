//! What one caller can do at the web edge: not speak HTTP, hold connections, not read, guess.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use acceptance::{Asking, Binary, Engine, Server, TestApp};
use serde_json::json;
use tempfile::TempDir;

/// For how long a test waits for an answer that has to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many readers there are that never read.
const READERS: usize = 400;
/// How much memory they may cost, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;

fn start(arguments: &[&str]) -> (TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--bind", "127.0.0.1:0"];
    let command = Binary::released().command(folder.path(), &[&serve, arguments].concat());
    (folder, Server::try_start(command).unwrap())
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn said_to(server: &Server, request: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    // The server may close the connection while it has not read all.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn what_is_no_http_is_answered_with_the_headers_of_every_answer() {
    let (_folder, server) = start(&[]);
    let long = format!(
        "GET /livez HTTP/1.1\r\nhost: x\r\nlong: {}\r\n\r\n",
        "x".repeat(200_000)
    );
    for (request, status) in [
        (b"rubbish\r\n\r\n".as_slice(), "400"),
        (b"GET /livez HTTP/9.9\r\n\r\n", "400"),
        (long.as_bytes(), "431"),
    ] {
        let answer = said_to(&server, request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        for header in [
            "content-security-policy: default-src 'none'; frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
        ] {
            assert!(answer.contains(header), "{header}: {answer}");
        }
    }
}

#[test]
fn an_address_has_as_many_connections_as_it_may_and_no_more() {
    let (_folder, server) = start(&["--connections-per-address", "2"]);
    let request = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = [0; 12];
    let mut open: Vec<TcpStream> = (0..2).map(|_| connect(&server)).collect();
    for stream in &mut open {
        stream.write_all(request).unwrap();
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
    }
    assert_eq!(said_to(&server, request), "", "a third one");
    open.pop();
    // The server learns in its own time that the connection was closed.
    while said_to(
        &server,
        b"GET /livez HTTP/1.1\r\nconnection: close\r\nhost: x\r\n\r\n",
    )
    .is_empty()
    {}
}

#[test]
fn readers_that_never_read_cost_little_memory() {
    let (_folder, server) = start(&[]);
    // Each asks for a large file many times over, before it has read any of the answers.
    let requests = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n".repeat(20);
    let readers: Vec<TcpStream> = (0..READERS)
        .map(|_| {
            let mut stream = connect(&server);
            stream.write_all(&requests).unwrap();
            stream
        })
        .collect();
    for reader in &readers {
        let mut first = [0; 12];
        assert_eq!(reader.peek(&mut first).unwrap(), 12);
        assert_eq!(&first, b"HTTP/1.1 200");
    }
    let memory = server.resident_kib();
    assert!(memory <= MOST_MEMORY, "{memory} KiB");
    assert!(
        said_to(
            &server,
            b"GET /livez HTTP/1.1\r\nconnection: close\r\nhost: x\r\n\r\n"
        )
        .contains("200 OK")
    );
}

#[tokio::test]
async fn the_security_log_names_callers_and_users_and_no_e_mail_address() {
    let app = TestApp::start(Engine::Sqlite);
    let ada = app.customer("ada").await;
    assert_eq!(app.try_to_log_in(&ada.email, "wrong password").await.status, 400);
    assert_eq!(app.get("/ops/contexts").by(&ada).answer().await.status, 403);
    let change = |current: &str| {
        let body = json!({"current_password": current, "new_password": acceptance::PASSWORD});
        app.put("/users/me/password").by(&ada).json(&body)
    };
    assert_eq!(change("wrong password").answer().await.status, 422);
    assert_eq!(change(acceptance::PASSWORD).answer().await.status, 204);
    for (said, fact) in [
        ("\"outcome\":\"refused\"", "a log-in failed"),
        ("a role was refused", &ada.user_id),
        ("\"outcome\":\"current_password_mismatch\"", &ada.user_id),
        ("\"outcome\":\"changed\"", &ada.user_id),
    ] {
        let line = app.server.log().wait_for(said);
        for expected in [fact, "\"target\":\"security\"", "\"client\":\"127.0.0.1\""] {
            assert!(line.contains(expected), "{expected}: {line}");
        }
    }
    assert!(
        !app.server
            .log()
            .so_far()
            .iter()
            .any(|line| line.contains(&ada.email))
    );
}

#[tokio::test]
async fn a_server_behind_an_unnamed_proxy_says_so_once() {
    let app = TestApp::start(Engine::Sqlite);
    for _ in 0..3 {
        let login = [
            ("grant_type", "password"),
            ("username", "ada@example.com"),
            ("password", "x"),
        ];
        let request = app.post("/auth/token").header("X-Forwarded-For", "192.0.2.1");
        assert_eq!(request.form(&login).answer().await.status, 400);
    }
    const WARNING: &str = "ORDERLY_TRUSTED_PROXIES is not set";
    app.server.log().wait_for(WARNING);
    let log = app.server.log().so_far();
    let warnings = log.iter().filter(|line| line.contains(WARNING));
    assert_eq!(warnings.count(), 1, "{log:?}");
}
