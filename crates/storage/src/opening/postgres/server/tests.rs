//! URLs, accepted and refused.

use super::*;

#[test]
fn a_url_names_host_and_database() {
    let server = PostgresServer::new("postgres://shop:secret@127.0.0.1:5433/orders").unwrap();
    assert_eq!(server.name(), "postgres://127.0.0.1:5433/orders");
    assert!(server.tls.is_none());
}

#[test]
fn what_is_no_url_is_refused_without_its_password() {
    for url in [
        "postgres://shop:secret@127.0.0.1",
        "postgres://shop:secret@127.0.0.1/",
        "postgres://shop:secret@127.0.0.1/orders?sslmode=maybe",
        "postgres://shop:secret@127.0.0.1:port/orders",
        "postgres://shop:secret@127.0.0.1/orders?nonsense=1",
        "postgres://shop@127.0.0.1/orders?nonsense=1&password=secret",
    ] {
        let Err(OpenError::Url { found, reason }) = PostgresServer::new(url) else {
            panic!("{url} was taken");
        };
        assert!(
            !found.contains("secret") && !reason.contains("secret"),
            "{found}: {reason}"
        );
    }
}

#[test]
fn another_machine_is_spoken_to_by_tls_unless_told_otherwise() {
    let speaks_tls = |url: &str| PostgresServer::new(url).map(|server| server.tls.is_some());
    for url in [
        "postgres://shop@localhost/orders",
        "postgres://shop@[::1]/orders",
        "postgres://shop@db.example/orders?sslmode=disable",
    ] {
        assert!(matches!(speaks_tls(url), Ok(false)), "{url}");
    }
    // A machine without any trusted certificate reports that.
    for url in [
        "postgres://shop@db.example/orders",
        "postgres://shop@localhost/orders?sslmode=require",
    ] {
        assert!(
            matches!(speaks_tls(url), Ok(true) | Err(OpenError::Url { .. })),
            "{url}"
        );
    }
}
