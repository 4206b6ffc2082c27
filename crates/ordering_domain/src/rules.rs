//! Every rule of ordering, one file each, named after what always holds.
//!
//! A file holds the rule's constants, its check, its error with the facts, the error's kind and code,
//! and tests at the boundary.

pub mod closed_customers_place_no_orders;
pub mod order_line_limit;
pub mod order_total_limit;

pub mod given_prices_are_current;
pub mod listed_products_ask_for_stock;
pub mod only_listed_products_are_ordered;

pub mod lines_are_named_by_id;
pub mod one_currency;
pub mod only_pending_orders_change;

pub mod an_order_is_confirmed_once;
pub mod confirming_asks_for_stock;
pub mod confirming_needs_lines;

pub mod only_pending_or_confirmed_orders_are_cancelled;

pub mod only_confirmed_orders_change_address;
pub mod only_confirmed_orders_ship;
pub mod only_shipped_orders_are_delivered;
pub mod shipping_needs_reserved_stock;

pub mod addresses_name_postal_code_and_country;
pub mod countries_are_iso_3166_codes;
pub mod text_fields;
