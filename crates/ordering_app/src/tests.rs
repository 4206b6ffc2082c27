//! Use cases on the in-memory store.

mod following_accounts;
mod fulfilling;
mod listing;
mod placing;
mod racing;
mod settling;
mod shop;
mod storing;
