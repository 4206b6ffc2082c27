//! What does not exist, or what the caller may not see.

use super::Code;

codes! {
    /// All of these.
    NOT_THERE:
    USER_NOT_FOUND = "user_not_found", 404, "a user",
        "there is no such user", [];
    SESSION_NOT_FOUND = "session_not_found", 404, "a session of the caller's that is open",
        "there is no such session", [];
    STOCK_ITEM_NOT_FOUND = "stock_item_not_found", 404, "stock of a product that is known, and whose news has reached inventory",
        "there is no such stock item", [];
    ORDER_NOT_FOUND = "order_not_found", 404, "an order that the caller may see",
        "there is no such order", [];
    PRODUCT_NOT_FOUND = "product_not_found", 404, "the product",
        "there is no such product", [];
    ORDER_LINE_NOT_FOUND = "order_line_not_found", 404, "a line of the order",
        "there is no such order line", [];
    CUSTOMER_NOT_FOUND = "customer_not_found", 404, "a customer",
        "there is no such customer", [];
    DEAD_LETTER_NOT_FOUND = "dead_letter_not_found", 404, "a delivery that a consumer held",
        "there is no such dead letter", [];
    CONSUMER_NOT_FOUND = "consumer_not_found", 404, "a consumer that ever began",
        "there is no such consumer", [];
    OPS_FILE_NOT_FOUND = "ops_file_not_found", 404, "a file of the pages at `/ops`",
        "there is no such ops file", [];
    DOCS_FILE_NOT_FOUND = "docs_file_not_found", 404, "a file of the page at `/docs`",
        "there is no such docs file", [];
}
