//! Inventory's adapters.
