//! Whose word is taken, and what of it.

use actix_web::http::header::{HeaderName, HeaderValue};

use super::*;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn proxies() -> TrustedProxies {
    TrustedProxies::in_networks(&["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap()))
}

fn client(peer: &str, lines: &[(&'static str, &str)]) -> String {
    let client = proxies().client(Some(ip(peer)), &headers(lines));
    client.address.unwrap().to_string()
}

#[test]
fn the_first_address_from_the_right_that_is_no_trusted_proxy_is_the_callers() {
    for (value, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("192.0.2.1, rubbish", "10.0.0.1"),
        ("", "10.0.0.1"),
    ] {
        assert_eq!(
            client("10.0.0.1", &[(X_FORWARDED_FOR, value)]),
            expected,
            "{value}"
        );
    }
    let split = [(X_FORWARDED_FOR, "198.51.100.9"), (X_FORWARDED_FOR, "192.0.2.1")];
    assert_eq!(client("10.0.0.1", &split), "192.0.2.1");
}

#[test]
fn forwarded_is_read_in_the_same_way() {
    for (value, expected) in [
        ("for=192.0.2.1", "192.0.2.1"),
        (
            "For=\"[2001:db8::1]:4711\";proto=https;by=10.0.0.1",
            "2001:db8::1",
        ),
        (
            "for=\"198.51.100.9, for=203.0.113.1\", for=192.0.2.1",
            "192.0.2.1",
        ),
        // A mark that the caller leaves open does not hide what the proxy appends.
        ("for=198.51.100.9;x=\", for=192.0.2.1", "10.0.0.1"),
        ("for=198.51.100.9;x=\", for=\"[2001:db8::1]\"", "10.0.0.1"),
        ("for=192.0.2.1, for=10.0.0.2", "192.0.2.1"),
        ("for=192.0.2.1, for=_hidden", "10.0.0.1"),
        ("for=unknown", "10.0.0.1"),
    ] {
        assert_eq!(client("10.0.0.1", &[(FORWARDED, value)]), expected, "{value}");
    }
}

#[test]
fn a_caller_who_adds_the_header_that_their_proxy_does_not_write_gains_no_other_address() {
    let lines = [(FORWARDED, "for=203.0.113.1"), (X_FORWARDED_FOR, "192.0.2.1")];
    assert_eq!(client("10.0.0.1", &lines), "10.0.0.1");
    let lines = [(FORWARDED, "for=192.0.2.1"), (X_FORWARDED_FOR, "192.0.2.1")];
    assert_eq!(client("10.0.0.1", &lines), "192.0.2.1");
}

#[test]
fn nobody_else_is_believed() {
    let lines = [(X_FORWARDED_FOR, "192.0.2.1"), (X_FORWARDED_PROTO, "https")];
    assert_eq!(client("198.51.100.1", &lines), "198.51.100.1");
    let untrusting = TrustedProxies::default();
    for _ in 0..2 {
        let client = untrusting.client(Some(ip("10.0.0.1")), &headers(&lines));
        assert_eq!((client.address, client.by_https), (Some(ip("10.0.0.1")), None));
    }
    assert!(untrusting.is_warned.load(Ordering::Relaxed));
    assert_eq!(proxies().client(None, &headers(&lines)).address, None);
}

#[test]
fn an_ipv4_address_is_the_same_within_ipv6() {
    assert_eq!(
        client("::ffff:10.0.0.1", &[(X_FORWARDED_FOR, "192.0.2.1")]),
        "192.0.2.1"
    );
}

#[test]
fn whether_the_caller_came_by_https_is_what_the_trusted_proxy_says() {
    for (lines, expected) in [
        (vec![(X_FORWARDED_PROTO, "https")], Some(true)),
        (vec![(X_FORWARDED_PROTO, "http, https")], Some(true)),
        (
            vec![(X_FORWARDED_FOR, "192.0.2.1"), (X_FORWARDED_PROTO, "http")],
            Some(false),
        ),
        (
            vec![(FORWARDED, "for=192.0.2.1;proto=https, for=10.0.0.2;proto=http")],
            Some(true),
        ),
        (vec![(X_FORWARDED_FOR, "192.0.2.1")], None),
    ] {
        let client = proxies().client(Some(ip("10.0.0.1")), &headers(&lines));
        assert_eq!(client.by_https, expected, "{lines:?}");
    }
}

#[test]
fn a_network_is_written_with_its_length_or_is_one_address() {
    for text in ["10.0.0.0/8", " 192.0.2.7", "fd00::/8", "::1"] {
        assert!(text.parse::<ProxyNetwork>().is_ok(), "{text}");
    }
    for text in ["", "10.0.0.0/33", "proxy.example.com", "10.0.0"] {
        assert_eq!(text.parse::<ProxyNetwork>(), Err(InvalidProxyNetwork), "{text}");
    }
}
