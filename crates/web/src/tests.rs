//! Requests in, answers out, over the contexts' in-memory fakes.

mod shop;

mod accounts;
mod bad_bodies;
mod edges;
mod health;
mod lists;
mod orders;
mod policies;
mod preconditions;
mod sockets;
mod tokens;
