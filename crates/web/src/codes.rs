//! The codes of refusals: each with its status, and with the sentence that `docs/API.md` has of it.
//!
//! Kind and code of a rule stand beside the rule; that this list has each of them, and no other, a test compares
//! (`tests/architecture`).

use actix_web::http::StatusCode;

/// A code that callers can be answered with.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) name: &'static str,
    pub(crate) status: u16,
    /// When it is answered.
    pub(crate) when: &'static str,
}

impl Code {
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

macro_rules! codes {
    ($(#[$about:meta])* $all:ident: $($constant:ident = $name:literal, $status:literal, $when:literal;)*) => {
        $(
            #[doc = $when]
            pub(crate) const $constant: &Code = &Code { name: $name, status: $status, when: $when };
        )*

        $(#[$about])*
        pub(crate) const $all: &[&Code] = &[$($constant),*];
    };
}

codes! {
    /// What web itself finds, before any rule is asked.
    FOUND_BY_WEB:
    MALFORMED_JSON = "malformed_json", 400, "the body is no JSON";
    JSON_TOO_DEEP = "json_too_deep", 400, "the JSON has more than 32 levels";
    MISSING_BODY = "missing_body", 400, "a body is needed, and there is none";
    INCOMPLETE_BODY = "incomplete_body", 400, "the body ended before its announced end";
    MALFORMED_IDEMPOTENCY_KEY = "malformed_idempotency_key", 400, "`Idempotency-Key` is not one key of 16 to 255 visible ASCII characters";
    MALFORMED_IF_MATCH = "malformed_if_match", 400, "`If-Match` is neither `*` nor one entity tag";
    INVALID_REQUEST = "invalid_request", 400, "a field of a token request is absent, empty or given several times";
    INVALID_GRANT = "invalid_grant", 400, "user name, password or refresh token is wrong; never which";
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", 400, "a grant other than `password` and `refresh_token`";
    MISSING_TOKEN = "missing_token", 401, "an access token is needed, and there is none";
    INVALID_TOKEN = "invalid_token", 401, "the access token does not stand; never why";
    INSUFFICIENT_ROLE = "insufficient_role", 403, "the caller's role lacks the right; `needed_role`";
    FORGED_FORM = "forged_form", 403, "a page's form was not sent from that page, or from one of another session";
    ROUTE_NOT_FOUND = "route_not_found", 404, "no route has this path";
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "the path exists, for the methods in `Allow`";
    BODY_TOO_SLOW = "body_too_slow", 408, "the body took longer than 10 s";
    CONFLICT = "conflict", 409, "others changed the thing at the same time, several times over; try again";
    IDEMPOTENCY_KEY_IN_USE = "idempotency_key_in_use", 409, "a request with this key is being worked on";
    VERSION_MISMATCH = "version_mismatch", 412, "`If-Match` names another version than `current_version`";
    BODY_TOO_LARGE = "body_too_large", 413, "the body is larger than the route takes";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "the body is not of the type that the route takes, or compressed";
    VALUE_REFUSED = "value_refused", 422, "the database does not hold a value that no rule has refused before, which is a defect of ours as well; sending it again will not help";
    INVALID_BODY = "invalid_body", 422, "fields of the body are wrong; see `errors`";
    INVALID_QUERY = "invalid_query", 422, "parameters of the query are wrong; see `errors`";
    THROTTLED = "throttled", 429, "this caller asks too often";
    INTERNAL_ERROR = "internal_error", 500, "a defect of Orderly's";
    BUSY = "busy", 503, "more is waiting than can be served soon; nothing was done";
    DEPENDENCY_UNAVAILABLE = "dependency_unavailable", 503, "something that Orderly depends on does not answer";
    OUTCOME_UNKNOWN = "outcome_unknown", 503, "the database went away while this was being committed: it took effect once or not at all; look, or send it again with the same `Idempotency-Key`";
    NOT_READY = "not_ready", 503, "a context cannot serve (`not_ready`), or its events stand still (`behind`); see `contexts`";
}

codes! {
    /// What is absent, or not the caller's to see.
    NOT_THERE:
    USER_NOT_FOUND = "user_not_found", 404, "a user";
    SESSION_NOT_FOUND = "session_not_found", 404, "a session of the caller's that is open";
    STOCK_ITEM_NOT_FOUND = "stock_item_not_found", 404, "stock of a product that is known, and whose news has reached inventory";
    ORDER_NOT_FOUND = "order_not_found", 404, "an order that the caller may see";
    PRODUCT_NOT_FOUND = "product_not_found", 404, "the product";
    ORDER_LINE_NOT_FOUND = "order_line_not_found", 404, "a line of the order";
    CUSTOMER_NOT_FOUND = "customer_not_found", 404, "a customer";
    DEAD_LETTER_NOT_FOUND = "dead_letter_not_found", 404, "a delivery that a consumer held";
    CONSUMER_NOT_FOUND = "consumer_not_found", 404, "a consumer that ever began";
    OPS_FILE_NOT_FOUND = "ops_file_not_found", 404, "a file of the pages at `/ops`";
    DOCS_FILE_NOT_FOUND = "docs_file_not_found", 404, "a file of the page at `/docs`";
}

codes! {
    /// What a rule or a use case refuses: 422 is wrong at any time, 409 is wrong now.
    REFUSED:
    PASSWORD_LENGTH = "password_length", 422, "a password has fewer than 8 or more than 128 characters";
    COMMON_PASSWORD = "common_password", 422, "a password is one of the commonest";
    CURRENT_PASSWORD_MISMATCH = "current_password_mismatch", 422, "the current password is not the one given";
    EMAIL_ALREADY_REGISTERED = "email_already_registered", 409, "somebody has the e-mail address";
    USER_INACTIVE = "user_inactive", 409, "an inactive user is to change";
    USER_ALREADY_ACTIVE = "user_already_active", 409, "an active user is to be reactivated";
    USER_ALREADY_INACTIVE = "user_already_inactive", 409, "an inactive user is to be deactivated";
    ORDER_TOTAL_LIMIT = "order_total_limit", 422, "the total would exceed 10,000.00";
    ORDER_LINE_LIMIT = "order_line_limit", 422, "there would be more than 50 lines";
    CURRENCY_MISMATCH = "currency_mismatch", 422, "a line has another currency than its order";
    MONEY_OUT_OF_RANGE = "money_out_of_range", 422, "a sum is more than can be reckoned with";
    ORDER_NOT_PENDING = "order_not_pending", 409, "the lines are settled";
    UNKNOWN_LINE = "unknown_line", 422, "the order has no such line; every route says `order_line_not_found` instead";
    ORDER_WITHOUT_LINES = "order_without_lines", 409, "an order without lines is to be confirmed";
    ORDER_ALREADY_CONFIRMED = "order_already_confirmed", 409, "the order was confirmed before, or is past that";
    ORDER_ALREADY_CANCELLED = "order_already_cancelled", 409, "the order was cancelled before";
    ORDER_CANNOT_BE_CANCELLED = "order_cannot_be_cancelled", 409, "it was shipped";
    ORDER_NOT_CONFIRMED = "order_not_confirmed", 409, "only a confirmed order ships";
    STOCK_NOT_RESERVED = "stock_not_reserved", 409, "the order's stock is not held yet";
    ORDER_NOT_SHIPPED = "order_not_shipped", 409, "only a shipped order is delivered";
    CUSTOMER_CLOSED = "customer_closed", 409, "a closed customer places no orders, and confirms none";
    UNKNOWN_PRODUCT = "unknown_product", 422, "the price list lacks the product, or it is delisted; `product_id`, and `lines` of an order that is pending";
    LISTED_PRODUCT_ASKS_FOR_STOCK = "listed_product_asks_for_stock", 422, "a product of the price list is ordered with `\"stock\": false`; `product_id`";
    PRICE_CHANGED = "price_changed", 409, "the price is not the one that was given, or that a line has; `product_id`, `given`, `current`, and `lines` of an order that is pending";
    UNKNOWN_TIER = "unknown_tier", 422, "it names no tier";
    INVALID_SKU = "invalid_sku", 422, "a sku is empty, too long, or has other characters than it may";
    SKU_ALREADY_LISTED = "sku_already_listed", 409, "another product has the sku; `sku`";
    PRODUCT_DELISTED = "product_delisted", 409, "a delisted product is to change; `product_id`";
    ADDRESS_INCOMPLETE = "address_incomplete", 422, "the address lacks postal code or country; `field`";
    UNKNOWN_COUNTRY = "unknown_country", 422, "the country is no ISO 3166-1 alpha-2 code";
    TEXT_MISSING = "text_missing", 422, "a text is blank; `field`";
    TEXT_TOO_LONG = "text_too_long", 422, "a text is too long; `field`, `limit`";
    TEXT_NOT_PRINTABLE = "text_not_printable", 422, "a text holds a control character; `field`";
    INSUFFICIENT_STOCK = "insufficient_stock", 422, "more is to be taken away than is not reserved; `product_id`, `requested`, `available`";
    ADJUSTMENT_WITHOUT_CHANGE = "adjustment_without_change", 422, "an adjustment's delta is 0";
    ON_HAND_LIMIT = "on_hand_limit", 422, "there would be more than 1,000,000,000 units of a product; `on_hand`, `limit`";
    STOCK_CHANGED_MEANWHILE = "stock_changed_meanwhile", 409, "there is another count than the caller believes in; `expected_on_hand`, `on_hand`";
    STOCK_OUT_OF_STEP = "stock_out_of_step", 409, "less is reserved than is held; no caller sees it, since only reactions to orders can meet it; `product_id`, `held`, `reserved`";
    ORDERING_FOR_SOMEBODY_ELSE = "ordering_for_somebody_else", 422, "somebody who is not staff names another customer";
    CUSTOMER_MISSING = "customer_missing", 422, "nobody is named to order for, by a caller who is no customer";
    UNKNOWN_STATUS = "unknown_status", 422, "the filter names no status of an order";
    INVALID_REFERENCE = "invalid_reference", 422, "the filter names no reference that an order can have";
    REASON_MISSING = "reason_missing", 422, "an operator's deed needs a reason, and it is blank";
    REASON_TOO_LONG = "reason_too_long", 422, "a reason has more than 500 characters; `limit`";
    REASON_NOT_PRINTABLE = "reason_not_printable", 422, "a reason holds a control character";
    DELIVERY_NOT_DEAD = "delivery_not_dead", 409, "only a dead letter is replayed or discarded; `state`";
    CONSUMER_ALREADY_PAUSED = "consumer_already_paused", 409, "the consumer was paused before";
    CONSUMER_NOT_PAUSED = "consumer_not_paused", 409, "the consumer is running";
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused", 422, "the key stands for another request";
}
