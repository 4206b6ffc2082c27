//! Over a real connection: what can only be seen on the wire.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use actix_web::rt::{self, task::spawn_blocking};

use super::shop::Shop;
use crate::{Serving, serve};

/// Sends bytes to a shop that serves, and reads until it closes the connection.
async fn exchange(request: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = serve(listener, Shop::open().state, Serving::Everything).unwrap();
    let handle = server.handle();
    let serving = rt::spawn(server);
    let answer = spawn_blocking(move || talk(address, &request)).await.unwrap();
    handle.stop(true).await;
    serving.await.unwrap().unwrap();
    answer
}

fn talk(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[actix_web::test]
async fn a_body_of_100_kib_is_refused_and_its_sender_hears_why() {
    let body = "x".repeat(100 * 1024);
    let head = format!(
        "POST /api/v1/users HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = exchange((head + &body).into_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
}

#[actix_web::test]
async fn a_head_request_is_answered_without_a_body() {
    let request = "HEAD /livez HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";
    let answer = exchange(request.into()).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}
