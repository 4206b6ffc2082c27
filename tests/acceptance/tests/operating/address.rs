//! Operators have an address of their own.

use std::net::TcpListener;

use acceptance::{Answer, Binary, Server};
use reqwest::redirect::Policy;

const ANNOUNCEMENT: &str = "orderly is listening for operators on ";

async fn status(url: &str) -> u16 {
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    Answer::read(client.get(url).send().await.unwrap())
        .await
        .unwrap()
        .status
}

#[tokio::test]
async fn what_is_for_operators_is_at_their_address_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--bind", "127.0.0.1:0", "--ops-bind", "127.0.0.1:0"];
    let mut server = Server::try_start(Binary::released().command(folder.path(), &arguments)).unwrap();
    let line = server.stdout().wait_for(ANNOUNCEMENT);
    let operators = line.strip_prefix(ANNOUNCEMENT).unwrap();
    for (path, there, elsewhere) in [
        ("/metrics", 200, 404),
        ("/ops", 303, 404),
        ("/ops/log-in", 200, 404),
        ("/ops/files/style.css", 200, 404),
        ("/api/v1/ops/contexts", 401, 404),
        ("/livez", 404, 200),
        ("/readyz", 404, 200),
        ("/docs", 404, 200),
        ("/api/v1/orders", 404, 401),
    ] {
        assert_eq!(status(&format!("{operators}{path}")).await, there, "{path}");
        assert_eq!(
            status(&format!("{}{path}", server.url())).await,
            elsewhere,
            "{path}"
        );
    }
    server.stop();
}

#[tokio::test]
async fn an_operators_address_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap().to_string();
    let arguments = ["serve", "--bind", "127.0.0.1:0", "--ops-bind", &address];
    let line = Binary::released()
        .run(folder.path(), &arguments)
        .expecting_one_line(3);
    assert!(
        line.contains("ORDERLY_OPS_BIND") && line.contains(&address),
        "{line}"
    );
}
