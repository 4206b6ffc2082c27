//! What `orderly serve` can be told.

use std::net::SocketAddr;

use clap::Args;
use web::{CorsOrigin, ProxyNetwork};

use crate::settings::SpanArguments;

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Address to listen on; port 0 takes a free one and prints which.
    #[arg(
        long,
        env = "ORDERLY_BIND",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) bind: SocketAddr,
    /// Address for operators: /metrics, /ops and /api/v1/ops are served there, and nowhere else. Without it they are served with
    /// everything else.
    #[arg(long, env = "ORDERLY_OPS_BIND", value_name = "ADDRESS")]
    pub(crate) ops_bind: Option<SocketAddr>,
    /// For how many seconds events may stand still until /readyz answers 503; 0 for ever.
    #[arg(
        long,
        env = "ORDERLY_READY_MAX_LAG",
        value_name = "SECONDS",
        default_value_t = 300
    )]
    pub(crate) ready_max_lag: u32,
    /// Networks of the proxies in front, as in 10.0.0.0/8,192.0.2.7. What Forwarded and X-Forwarded-For say is believed from there,
    /// and from nowhere else.
    #[arg(
        long,
        env = "ORDERLY_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub(crate) trusted_proxies: Vec<ProxyNetwork>,
    /// Origins of pages that may ask from a browser, as in https://shop.example.com,http://localhost:3000.
    #[arg(
        long,
        env = "ORDERLY_CORS_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ','
    )]
    pub(crate) cors_origins: Vec<CorsOrigin>,
    /// How many connections one address may have open; 0 for any number. Trusted proxies may have any number.
    #[arg(
        long,
        env = "ORDERLY_CONNECTIONS_PER_ADDRESS",
        value_name = "COUNT",
        default_value_t = 1_000
    )]
    pub(crate) connections_per_address: usize,
    #[command(flatten)]
    pub(crate) spans: SpanArguments,
}
