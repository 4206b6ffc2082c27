//! HTTP on one side, use cases on the other: routes, their policies, and how requests become commands and
//! answers become JSON.
//!
//! Where to look first: `routes` has every endpoint. What happens around each of them (request id, policy,
//! panics, headers, the log line) is in `edge`; the refusals are in `codes`.
//!
//! Deliberately not here: any rule of the business, any database, and any name out of a domain crate.
//! Web uses only the contexts' commands, queries and views.

mod routes;

mod consumers;
mod customers;
mod dead_letters;
mod docs;
mod health;
mod metrics;
mod openapi;
mod operator_actions;
mod ops_contexts;
mod orders;
mod pages;
mod products;
mod sessions;
mod stalled_relay;
mod stock;
mod tokens;
mod users;

mod authentication;
mod connections;
mod cookies;
mod cors;
mod devices;
mod edge;
mod endpoint;
mod idempotency;
mod invariants;
mod meta;
mod operators;
mod preconditions;
mod preferences;
mod proxies;
mod registration;
mod request;
mod request_id;
mod rules;
mod security_log;
mod signatures;

mod body;
mod cursors;
mod field_errors;
mod form;
mod paging;
mod parameters;

mod answer;
mod codes;
mod problem;
mod shared_body;
mod use_case_errors;

mod server;
mod state;

#[cfg(test)]
mod tests;

pub use cors::{CorsOrigin, InvalidCorsOrigin};
pub use cursors::Cursors;
pub use devices::Devices;
pub use field_errors::FieldCode;
pub use health::LastReady;
pub use idempotency::IdempotencyKeys;
pub use metrics::Metrics;
pub use openapi::{OpenApiVersion, openapi_json};
pub use operators::OperatorSessions;
pub use proxies::{InvalidProxyNetwork, ProxyNetwork, TrustedProxies};
pub use registration::configure;
pub use server::{Serving, serve};
pub use stalled_relay::StalledRelay;
pub use state::WebState;
