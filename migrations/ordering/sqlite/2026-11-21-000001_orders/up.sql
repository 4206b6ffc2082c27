-- Orders, their lines, and customers. Times are microseconds since 1970, money is minor units of the order's currency.

-- Clustered by the id itself: it is a UUIDv7, so new orders are at the end.
CREATE TABLE orders (
    id                     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    reference              TEXT    NOT NULL CHECK (length(reference) = 9),
    customer_id            BLOB    NOT NULL CHECK (length(customer_id) = 16),
    status                 TEXT    NOT NULL CHECK (status IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled')),
    allocation             TEXT    NOT NULL CHECK (allocation IN ('none', 'requested', 'reserved', 'rejected')),
    currency               TEXT    NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'INR')),
    shipping_street        TEXT,
    shipping_city          TEXT,
    shipping_state         TEXT,
    shipping_postal_code   TEXT    CHECK (shipping_postal_code <> ''),
    shipping_country       TEXT    CHECK (length(shipping_country) = 2),
    cancellation_reason    TEXT,
    cancellation_shortages TEXT    CHECK (cancellation_shortages IS NULL OR json_valid(cancellation_shortages)), -- [{product_id, requested, available}]
    carrier                TEXT,
    tracking_number        TEXT,
    placed_at              INTEGER NOT NULL,
    updated_at             INTEGER NOT NULL,
    version                INTEGER NOT NULL CHECK (version > 0),

    CONSTRAINT an_address_is_whole_or_absent CHECK (
        (shipping_street IS NULL) = (shipping_country IS NULL)
        AND (shipping_city IS NULL) = (shipping_country IS NULL)
        AND (shipping_state IS NULL) = (shipping_country IS NULL)
        AND (shipping_postal_code IS NULL) = (shipping_country IS NULL)),
    CONSTRAINT what_is_confirmed_has_an_address CHECK (
        status NOT IN ('confirmed', 'shipped', 'delivered') OR shipping_country IS NOT NULL),
    CONSTRAINT what_is_cancelled_has_a_reason CHECK (
        (status = 'cancelled') = (cancellation_reason IS NOT NULL)
        AND (cancellation_reason IS NULL) = (cancellation_shortages IS NULL)),
    CONSTRAINT what_is_shipped_has_a_shipment CHECK (
        (status IN ('shipped', 'delivered')) = (carrier IS NOT NULL)
        AND (carrier IS NULL) = (tracking_number IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX orders_reference ON orders (reference);
-- A customer's orders, newest first; all orders; and, for staff, those with a status. Lists read them backwards, and new
-- orders go to the end, which costs SQLite less than to begin at the other one.
CREATE INDEX orders_customer_newest ON orders (customer_id, placed_at, id);
CREATE INDEX orders_newest ON orders (placed_at, id);
CREATE INDEX orders_status_newest ON orders (status, placed_at, id);

-- Clustered by order, so that an order's lines are one stretch of the file. A line's position is given once and never again.
CREATE TABLE order_lines (
    order_id     BLOB    NOT NULL REFERENCES orders (id),
    position     INTEGER NOT NULL CHECK (position >= 0),
    line_id      BLOB    NOT NULL CHECK (length(line_id) = 16),
    product_id   BLOB    NOT NULL CHECK (length(product_id) = 16),
    product_name TEXT    NOT NULL CHECK (product_name <> ''),
    quantity     INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000000),
    unit_price   INTEGER NOT NULL CHECK (unit_price >= 0),
    PRIMARY KEY (order_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email   TEXT    NOT NULL CHECK (email <> ''),
    tier    TEXT    NOT NULL CHECK (tier IN ('standard', 'silver', 'gold')),
    status  TEXT    NOT NULL CHECK (status IN ('open', 'closed')),
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;
