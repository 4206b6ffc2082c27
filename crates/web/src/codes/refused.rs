//! What a rule or a use case refuses: 422 is wrong at any time, 409 is wrong now.

use super::{Code, FactKind::*};

codes! {
    /// All of these.
    REFUSED:
    PASSWORD_LENGTH = "password_length", 422, "a password has fewer than 8 or more than 128 characters",
        "found a password of 5 characters, expected 8 to 128", [minimum: Number(8), maximum: Number(128)];
    COMMON_PASSWORD = "common_password", 422, "a password is one of the commonest, one character over and over, or known of the account: the e-mail address, the shop's name",
        "found one of the commonest passwords, or what is known of the account; expected one that is harder to guess", [];
    CURRENT_PASSWORD_MISMATCH = "current_password_mismatch", 422, "the current password is not the one given",
        "found another password than the current one", [];
    EMAIL_ALREADY_REGISTERED = "email_already_registered", 409, "somebody has the e-mail address",
        "a user with the address ada@example.com is registered already", [email: Text("ada@example.com")];
    LAST_ADMIN = "last_admin", 409, "the last active admin is to be deactivated, or to get another role",
        "found the last active admin, expected that another one remains", [];
    USER_INACTIVE = "user_inactive", 409, "an inactive user is to change",
        "found an inactive user, expected an active one: only they may change their account", [];
    USER_ALREADY_ACTIVE = "user_already_active", 409, "an active user is to be reactivated",
        "found an active user, expected an inactive one", [];
    USER_ALREADY_INACTIVE = "user_already_inactive", 409, "an inactive user is to be deactivated",
        "found an inactive user, expected an active one", [];
    ORDER_TOTAL_LIMIT = "order_total_limit", 422, "the total would exceed 10,000.00",
        "found a total of USD 10000.01, expected at most USD 10000.00", [total: Money("10000.01"), limit: Money("10000.00")];
    ORDER_LINE_LIMIT = "order_line_limit", 422, "there would be more than 50 lines",
        "found 51 lines, expected at most 50", [lines: Number(51), limit: Number(50)];
    CURRENCY_MISMATCH = "currency_mismatch", 422, "a line has another currency than its order",
        "found a price in EUR, expected USD as for the whole order", [order_currency: Perhaps(&Text("USD")), line_currency: Perhaps(&Text("EUR"))];
    MONEY_OUT_OF_RANGE = "money_out_of_range", 422, "a sum is more than can be reckoned with",
        "found an amount out of range, expected at most 9223372036854775807 minor units", [];
    ORDER_NOT_PENDING = "order_not_pending", 409, "the lines are settled",
        "the order is confirmed; expected a pending one", [status: Text("confirmed")];
    UNKNOWN_LINE = "unknown_line", 422, "the order has no such line; every route says `order_line_not_found` instead",
        "found no line 0197b2c4-0000-7000-8000-00000000beef, expected one of the order's own", [line_id: Id];
    ORDER_WITHOUT_LINES = "order_without_lines", 409, "an order without lines is to be confirmed",
        "the order has no lines; expected at least one", [];
    ORDER_ALREADY_CONFIRMED = "order_already_confirmed", 409, "the order was confirmed before, or is past that",
        "the order was confirmed before and is confirmed; expected a pending one", [status: Text("confirmed")];
    ORDER_ALREADY_CANCELLED = "order_already_cancelled", 409, "the order was cancelled before",
        "the order was cancelled before; expected a pending or confirmed one", [];
    ORDER_CANNOT_BE_CANCELLED = "order_cannot_be_cancelled", 409, "it was shipped",
        "the order is shipped; expected a pending or confirmed one", [status: Text("shipped")];
    ADDRESS_NOT_CHANGEABLE = "address_not_changeable", 409, "only a confirmed order goes to another address",
        "the order is shipped; expected a confirmed one", [status: Text("shipped")];
    ORDER_NOT_CONFIRMED = "order_not_confirmed", 409, "only a confirmed order ships",
        "the order is pending; expected a confirmed one", [status: Text("pending")];
    STOCK_NOT_RESERVED = "stock_not_reserved", 409, "the order's stock is not held yet",
        "the order's stock is requested; expected it to be reserved", [allocation: Text("requested")];
    ORDER_NOT_SHIPPED = "order_not_shipped", 409, "only a shipped order is delivered",
        "the order is confirmed; expected a shipped one", [status: Text("confirmed")];
    CUSTOMER_CLOSED = "customer_closed", 409, "a closed customer places no orders, and confirms none",
        "customer 0197b2c4-0000-7000-8000-00000000beef is closed; expected an open one", [customer_id: Id];
    UNKNOWN_PRODUCT = "unknown_product", 422, "the price list lacks the product, or it is delisted; `product_id`, and `lines` of an order that is pending",
        "found product 0197b2c4-0000-7000-8000-00000000beef, which is not on the price list, expected one that is", [product_id: Id, lines: Perhaps(&List(&[("line_id", Id), ("product_id", Id)]))];
    LISTED_PRODUCT_ASKS_FOR_STOCK = "listed_product_asks_for_stock", 422, "a product of the price list is ordered with `\"stock\": false`; `product_id`",
        "found product 0197b2c4-0000-7000-8000-00000000beef, which is on the price list, without stock; expected it to ask for some", [product_id: Id];
    PRICE_CHANGED = "price_changed", 409, "the price is not the one that was given, or that a line has; `product_id`, `given`, `current`, and `lines` of an order that is pending",
        "found USD 19.99 as the price of product 0197b2c4-0000-7000-8000-00000000beef, expected USD 21.50", [product_id: Id, given: Money("19.99"), current: Money("21.50"), lines: Perhaps(&List(&[("line_id", Id), ("product_id", Id), ("given", Money("19.99")), ("current", Money("21.50"))]))];
    UNKNOWN_TIER = "unknown_tier", 422, "it names no tier",
        "\"platinum\" is no tier; expected standard, silver or gold", [];
    INVALID_SKU = "invalid_sku", 422, "a sku is empty, too long, or has other characters than it may",
        "\"a b\" is no sku; expected 1 to 40 of A–Z, a–z, 0–9, dot, underscore and hyphen", [];
    SKU_ALREADY_LISTED = "sku_already_listed", 409, "another product has the sku; `sku`",
        "found another product with the sku TEA-250, expected a sku that is free", [sku: Text("TEA-250")];
    PRODUCT_DELISTED = "product_delisted", 409, "a delisted product is to change; `product_id`",
        "product 0197b2c4-0000-7000-8000-00000000beef is delisted; expected a listed one", [product_id: Id];
    ADDRESS_INCOMPLETE = "address_incomplete", 422, "the address lacks postal code or country; `field`",
        "the address has no postal_code; expected one", [field: Text("postal_code")];
    UNKNOWN_COUNTRY = "unknown_country", 422, "the country is no ISO 3166-1 alpha-2 code",
        "\"XX\" is no country; expected an ISO 3166-1 alpha-2 code, as in GB", [found: Text("XX")];
    TEXT_MISSING = "text_missing", 422, "a text is blank; `field`",
        "name is blank; expected some text", [field: Text("name")];
    TEXT_TOO_LONG = "text_too_long", 422, "a text is too long; `field`, `limit`",
        "found 201 characters in name, expected at most 200", [field: Text("name"), limit: Number(200)];
    TEXT_NOT_PRINTABLE = "text_not_printable", 422, "a text holds a control character; `field`",
        "found a control character in name, expected printable text", [field: Text("name")];
    INSUFFICIENT_STOCK = "insufficient_stock", 422, "more is to be taken away than is not reserved; `product_id`, `requested`, `available`",
        "found 3 units that are not reserved, expected at least 5", [product_id: Id, requested: Number(5), available: Number(3)];
    ADJUSTMENT_WITHOUT_CHANGE = "adjustment_without_change", 422, "an adjustment's delta is 0",
        "found a delta of 0, expected units more or fewer", [];
    ON_HAND_LIMIT = "on_hand_limit", 422, "there would be more than 1,000,000,000 units of a product; `on_hand`, `limit`",
        "found 1000000001 units on hand, expected from 0 to 1000000000", [on_hand: Number(1_000_000_001), limit: Number(1_000_000_000)];
    STOCK_CHANGED_MEANWHILE = "stock_changed_meanwhile", 409, "there is another count than the caller believes in; `expected_on_hand`, `on_hand`",
        "found 98 units on hand, expected 100", [expected_on_hand: Number(100), on_hand: Number(98)];
    STOCK_OUT_OF_STEP = "stock_out_of_step", 409, "less is reserved than is held; no caller sees it, since only reactions to orders can meet it; `product_id`, `held`, `reserved`",
        "found 1 units of product 0197b2c4-0000-7000-8000-00000000beef reserved, expected at least the 2 that are held: orderly doctor --repair", [product_id: Id, held: Number(2), reserved: Number(1)];
    ORDERING_FOR_SOMEBODY_ELSE = "ordering_for_somebody_else", 422, "somebody who is not staff names another customer",
        "found customer 0197b2c4-0000-7000-8000-00000000beef, expected the caller; only staff order for others", [customer_id: Id];
    CUSTOMER_MISSING = "customer_missing", 422, "nobody is named to order for, by a caller who is no customer",
        "found no customer to order for, expected one to be named", [];
    UNKNOWN_STATUS = "unknown_status", 422, "the filter names no status of an order",
        "\"lost\" is no status; expected pending, confirmed, shipped, delivered or cancelled", [];
    INVALID_REFERENCE = "invalid_reference", 422, "the filter names no reference that an order can have",
        "\"7K3M\" is no order reference; expected eight letters and digits, as in 7K3M-9QXD", [];
    REASON_MISSING = "reason_missing", 422, "an operator's deed needs a reason, and it is blank",
        "found no reason, expected one of 1 to 500 characters", [];
    REASON_TOO_LONG = "reason_too_long", 422, "a reason has more than 500 characters; `limit`",
        "found a reason of 501 characters, expected at most 500", [limit: Number(500)];
    REASON_NOT_PRINTABLE = "reason_not_printable", 422, "a reason holds a control character",
        "found a control character in the reason, expected printable text", [];
    DELIVERY_NOT_DEAD = "delivery_not_dead", 409, "only a dead letter is replayed or discarded; `state`",
        "found a delivery that is done, expected a dead letter", [state: Text("done")];
    CONSUMER_ALREADY_PAUSED = "consumer_already_paused", 409, "the consumer was paused before",
        "found a paused consumer, expected a running one", [];
    CONSUMER_NOT_PAUSED = "consumer_not_paused", 409, "the consumer is running",
        "found a running consumer, expected a paused one", [];
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused", 422, "the key stands for another request",
        "the key was used for another request", [];
}
