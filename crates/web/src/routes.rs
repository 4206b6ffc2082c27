//! Every endpoint, in the order of the documents. No other place adds one; each is declared beside its handler.

use crate::{
    consumers, customers, dead_letters, docs,
    endpoint::Endpoint,
    health, invariants, metrics, openapi, operator_actions, ops_contexts,
    orders::{lines, placing, reading, steps, timeline},
    pages, products, sessions, stock, tokens, users,
};

/// Endpoints that belong together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) endpoints: Vec<Endpoint>,
}

fn group(name: &'static str, about: &'static str, endpoints: Vec<Endpoint>) -> Group {
    Group {
        name,
        about,
        endpoints,
    }
}

/// Every endpoint. `HEAD` is answered wherever `GET` is.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Group> {
    vec![
        group("accounts", "Users, their sessions and tokens.", vec![
            users::register(),
            users::find_users(),
            users::get_me(),
            users::change_my_email(),
            users::change_my_password(),
            users::deactivate_user(),
            users::reactivate_user(),
            users::change_role(),
            sessions::list_my_sessions(),
            sessions::end_my_session(),
            tokens::get_tokens(),
            tokens::revoke_token(),
        ]),
        group("products", "What can be ordered, and at which list price.", vec![
            products::create_product(),
            products::list_products(),
            products::get_product(),
            products::change_product(),
            products::delist_product(),
        ]),
        group("orders", "Orders and who places them.", vec![
            placing::place_order(),
            reading::list_orders(),
            reading::get_order(),
            timeline::get_order_timeline(),
            lines::add_line(),
            lines::change_quantity(),
            lines::remove_line(),
            steps::confirm_order(),
            steps::change_shipping_address(),
            steps::cancel_order(),
            steps::ship_order(),
            steps::deliver_order(),
            customers::get_customer(),
            customers::change_customer_tier(),
        ]),
        group("stock", "What there is of each product, every change of it, and what is held for orders.", vec![
            stock::list_stock(),
            stock::get_stock(),
            stock::get_ledger(),
            stock::adjust_stock(),
            stock::count_stock(),
            stock::list_reservations(),
        ]),
        group("operations", "What is behind or was given up, and what to do about it.", vec![
            ops_contexts::list_contexts(),
            dead_letters::list_dead_letters(),
            dead_letters::get_dead_letter(),
            dead_letters::replay_dead_letter(),
            dead_letters::discard_dead_letter(),
            consumers::pause_consumer(),
            consumers::resume_consumer(),
            invariants::examine_invariants(),
            operator_actions::list_operator_actions(),
        ]),
        group("service", "The service itself.", vec![
            health::get_liveness(),
            health::get_readiness(),
            metrics::get_metrics(),
            openapi::get_contract(),
            docs::get_docs(),
            docs::get_docs_file(),
        ]),
        group("pages", "HTML for people who operate the service, in no contract.", vec![
            pages::log_in::log_in_page(),
            pages::log_in::log_in_form(),
            pages::log_in::log_out_form(),
            pages::files::page_file(),
            pages::overview::overview_page(),
            pages::dead_letters::dead_letters_page(),
            pages::dead_letters::dead_letter_page(),
            pages::dead_letters::replay_page(),
            pages::dead_letters::discard_page(),
            pages::consumers::pause_page(),
            pages::consumers::resume_page(),
            pages::orders::find_order_page(),
            pages::orders::order_page(),
            pages::actions::actions_page(),
        ]),
    ]
}
