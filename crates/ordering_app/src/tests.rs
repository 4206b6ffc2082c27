//! Use cases on the in-memory store.

mod asking_again;
mod following_accounts;
mod fulfilling;
mod listing;
mod placing;
mod pricing;
mod racing;
mod settling;
mod shop;
