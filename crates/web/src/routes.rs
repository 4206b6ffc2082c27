//! Every route: method, path, policy, handler. There is no other place that adds one.

use actix_web::http::Method;

use crate::{
    consumers, customers, dead_letters, docs, health, invariants, metrics, openapi, operator_actions,
    ops_contexts, order_lines, orders, pages, products,
    route::{Route, RouteDescription, admin, authenticated, operator, owner, public, staff},
    sessions, stock, timeline, tokens, users,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// Every route, as data.
pub fn routes() -> Vec<RouteDescription> {
    table().into_iter().map(|route| route.description).collect()
}

/// Every route. `HEAD` is answered wherever `GET` is.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    vec![
        public(GET, "/livez", health::live),
        public(GET, "/readyz", health::ready),
        public(GET, "/metrics", metrics::show),
        public(GET, "/openapi.json", openapi::contract),
        public(GET, "/docs", docs::page),
        public(GET, "/docs/{file}", docs::file),

        public(POST, "/api/v1/users", users::register),
        admin(GET, "/api/v1/users", users::with_email),
        authenticated(GET, "/api/v1/users/me", users::me),
        authenticated(PUT, "/api/v1/users/me/email", users::change_email),
        authenticated(PUT, "/api/v1/users/me/password", users::change_password),
        authenticated(GET, "/api/v1/users/me/sessions", sessions::list),
        authenticated(DELETE, "/api/v1/users/me/sessions/{session_id}", sessions::end),
        admin(POST, "/api/v1/users/{user_id}/deactivate", users::deactivate),
        admin(POST, "/api/v1/users/{user_id}/reactivate", users::reactivate),
        admin(PUT, "/api/v1/users/{user_id}/role", users::change_role),

        public(POST, "/api/v1/auth/token", tokens::token),
        public(POST, "/api/v1/auth/revoke", tokens::revoke),

        staff(POST, "/api/v1/products", products::list_one),
        public(GET, "/api/v1/products", products::list),
        public(GET, "/api/v1/products/{product_id}", products::one),
        staff(PATCH, "/api/v1/products/{product_id}", products::change),
        staff(POST, "/api/v1/products/{product_id}/delist", products::delist),

        authenticated(POST, "/api/v1/orders", orders::place),
        owner(GET, "/api/v1/orders", orders::list),
        owner(GET, "/api/v1/orders/{order_id}", orders::one),
        owner(GET, "/api/v1/orders/{order_id}/timeline", timeline::of_order),
        owner(POST, "/api/v1/orders/{order_id}/lines", order_lines::add),
        owner(PATCH, "/api/v1/orders/{order_id}/lines/{line_id}", order_lines::change_quantity),
        owner(DELETE, "/api/v1/orders/{order_id}/lines/{line_id}", order_lines::remove),
        owner(POST, "/api/v1/orders/{order_id}/confirm", orders::confirm),
        owner(POST, "/api/v1/orders/{order_id}/cancel", orders::cancel),
        staff(POST, "/api/v1/orders/{order_id}/ship", orders::ship),
        staff(POST, "/api/v1/orders/{order_id}/deliver", orders::deliver),

        staff(GET, "/api/v1/customers/{customer_id}", customers::one),
        staff(PUT, "/api/v1/customers/{customer_id}/tier", customers::change_tier),

        staff(GET, "/api/v1/stock", stock::list),
        staff(GET, "/api/v1/stock/{product_id}", stock::one),
        staff(GET, "/api/v1/stock/{product_id}/ledger", stock::ledger),
        staff(POST, "/api/v1/stock/{product_id}/adjustments", stock::adjust),
        staff(POST, "/api/v1/stock/{product_id}/counts", stock::count),
        staff(GET, "/api/v1/reservations", stock::reservations),

        admin(GET, "/api/v1/ops/contexts", ops_contexts::list),
        admin(GET, "/api/v1/ops/dead-letters", dead_letters::list),
        admin(GET, "/api/v1/ops/dead-letters/{delivery_id}", dead_letters::one),
        admin(POST, "/api/v1/ops/dead-letters/{delivery_id}/replay", dead_letters::replay),
        admin(POST, "/api/v1/ops/dead-letters/{delivery_id}/discard", dead_letters::discard),
        admin(POST, "/api/v1/ops/consumers/{consumer}/pause", consumers::pause),
        admin(POST, "/api/v1/ops/consumers/{consumer}/resume", consumers::resume),
        admin(GET, "/api/v1/ops/actions", operator_actions::list),
        admin(POST, "/api/v1/ops/invariants", invariants::examine),

        public(GET, "/ops/log-in", pages::log_in::ask),
        public(POST, "/ops/log-in", pages::log_in::log_in),
        public(GET, "/ops/files/{file}", pages::files::file),
        operator(POST, "/ops/log-out", pages::log_in::log_out),
        operator(GET, "/ops", pages::overview::show),
        operator(GET, "/ops/dead-letters", pages::dead_letters::list),
        operator(GET, "/ops/dead-letters/{delivery_id}", pages::dead_letters::one),
        operator(POST, "/ops/dead-letters/{delivery_id}/replay", pages::dead_letters::replay),
        operator(POST, "/ops/dead-letters/{delivery_id}/discard", pages::dead_letters::discard),
        operator(POST, "/ops/consumers/{consumer}/pause", pages::consumers::pause),
        operator(POST, "/ops/consumers/{consumer}/resume", pages::consumers::resume),
        operator(GET, "/ops/orders", pages::orders::find),
        operator(GET, "/ops/orders/{order_id}", pages::orders::one),
        operator(GET, "/ops/actions", pages::actions::list),
    ]
}
