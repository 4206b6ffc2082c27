//! Requests in, answers out, over the contexts' in-memory fakes.

pub(crate) mod generated;
pub(crate) mod shop;

mod accounts;
mod addresses;
mod api_document;
mod bad_bodies;
mod docs;
mod edges;
mod health;
mod idempotency;
mod lists;
mod metrics;
pub(crate) mod operators;
mod orders;
mod pages;
mod policies;
mod preconditions;
mod products;
mod sockets;
mod stock;
mod stock_news;
pub(crate) mod stories;
mod throttling;
mod tokens;
