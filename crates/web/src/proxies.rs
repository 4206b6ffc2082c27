//! Whom a request comes from when proxies stand in front: what a proxy says that the operator trusts, and nobody else.
//!
//! Each proxy adds the address of the other end of its connection to the right of what it was sent. So the list is read
//! from the right: the first address that is no trusted proxy is the caller's, and everything to the left of it could
//! have been written by the caller.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

const FORWARDED: &str = "forwarded";
const X_FORWARDED_FOR: &str = "x-forwarded-for";
const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// A network in which proxies are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

/// The text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected networks or addresses, as in 10.0.0.0/8,192.0.2.7,fd00::/8")]
pub struct InvalidProxyNetwork;

impl FromStr for ProxyNetwork {
    type Err = InvalidProxyNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidProxyNetwork> {
        let text = text.trim();
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| InvalidProxyNetwork)
    }
}

/// The proxies that are trusted. Clones share what was warned of.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    networks: Arc<[ProxyNetwork]>,
    is_warned: Arc<AtomicBool>,
}

/// Whom a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) address: Option<IpAddr>,
    /// Whether they came by https, if a trusted proxy says so.
    pub(crate) by_https: Option<bool>,
}

/// One step of a request's way, as a proxy tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    address: Option<IpAddr>,
    by_https: Option<bool>,
}

impl TrustedProxies {
    /// The proxies in these networks.
    pub fn in_networks(networks: &[ProxyNetwork]) -> Self {
        Self {
            networks: networks.into(),
            is_warned: Arc::default(),
        }
    }

    pub(crate) fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Client {
        let nearest = Client {
            address: peer,
            by_https: None,
        };
        if self.networks.is_empty() {
            self.warn_once(headers);
            return nearest;
        }
        let Some(peer) = peer.filter(|peer| self.trusts(*peer)) else {
            return nearest;
        };
        let by_forwarded = forwarded(headers).map(|hops| self.farthest(peer, &hops));
        let by_x_forwarded = x_forwarded(headers).map(|hops| self.farthest(peer, &hops));
        match (by_forwarded, by_x_forwarded) {
            (Some(one), Some(other)) if one.address != other.address => nearest,
            (Some(one), Some(other)) => Client {
                by_https: one.by_https.or(other.by_https),
                ..one
            },
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => Client {
                by_https: x_forwarded_proto(headers),
                ..nearest
            },
        }
    }

    fn farthest(&self, peer: IpAddr, hops: &[Hop]) -> Client {
        let mut client = Client {
            address: Some(peer),
            by_https: None,
        };
        for hop in hops.iter().rev() {
            if client.address.is_none_or(|address| !self.trusts(address)) {
                break;
            }
            client.by_https = hop.by_https.or(client.by_https);
            match hop.address {
                Some(address) => client.address = Some(address),
                // A proxy that hides whom it serves is the farthest whose address is known.
                None => break,
            }
        }
        client
    }

    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.0.contains(&address))
    }

    fn warn_once(&self, headers: &HeaderMap) {
        let is_proxied = [FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO]
            .iter()
            .any(|name| headers.contains_key(*name));
        if is_proxied && !self.is_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "requests come with Forwarded or X-Forwarded-… headers, and ORDERLY_TRUSTED_PROXIES is not set: the headers are \
                 ignored, and all callers behind a proxy share its allowances; if there is a proxy, set it to its network"
            );
        }
    }
}

/// The elements of `Forwarded` (RFC 7239), the caller's first.
fn forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let mut values = headers.get_all(FORWARDED).peekable();
    values.peek()?;
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    // A caller who leaves a quotation mark open would make what the proxy appends a part of the caller's own element. Such a header names nobody.
    if texts.iter().any(|text| text.matches('"').count() % 2 == 1) {
        return Some(vec![Hop::default()]);
    }
    Some(
        texts
            .into_iter()
            .flat_map(|text| unquoted_split(text, ','))
            .map(hop)
            .collect(),
    )
}

fn hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in unquoted_split(element, ';') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.address = address(value),
            "proto" => hop.by_https = Some(value.eq_ignore_ascii_case("https")),
            _ => {}
        }
    }
    hop
}

/// Splits where no quotation mark is open.
fn unquoted_split(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
    .collect()
}

/// The addresses of `X-Forwarded-For`, the caller's first, each with what `X-Forwarded-Proto` says.
fn x_forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let mut values = headers.get_all(X_FORWARDED_FOR).peekable();
    values.peek()?;
    let by_https = x_forwarded_proto(headers);
    let texts = values.filter_map(|value| value.to_str().ok());
    let addresses = texts.flat_map(|text| text.split(',')).map(address);
    Some(addresses.map(|address| Hop { address, by_https }).collect())
}

fn x_forwarded_proto(headers: &HeaderMap) -> Option<bool> {
    let value = headers.get_all(X_FORWARDED_PROTO).next_back()?.to_str().ok()?;
    let nearest = value.rsplit(',').next()?;
    Some(nearest.trim().eq_ignore_ascii_case("https"))
}

/// An address as proxies write it: alone, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests;
