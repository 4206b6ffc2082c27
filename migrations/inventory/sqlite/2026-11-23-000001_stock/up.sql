-- Stock, its ledger, and what is reserved of it for orders. Times are microseconds since 1970.

-- The CHECK backs the rules: whatever fails above, no more is sold than there is.
CREATE TABLE stock_items (
    product_id BLOB    NOT NULL PRIMARY KEY CHECK (length(product_id) = 16),
    on_hand    INTEGER NOT NULL,
    reserved   INTEGER NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),

    CONSTRAINT no_more_is_reserved_than_there_is CHECK (0 <= reserved AND reserved <= on_hand)
) STRICT, WITHOUT ROWID;

-- Entries are added and never changed. Clustered by product, each under the version of the stock item that it led to, so that a
-- product's ledger is one stretch of the file, oldest first; it is read backwards.
CREATE TABLE ledger_entries (
    product_id  BLOB    NOT NULL REFERENCES stock_items (product_id),
    version     INTEGER NOT NULL CHECK (version > 0),
    delta       INTEGER NOT NULL CHECK (delta <> 0),
    reason      TEXT    NOT NULL CHECK (reason <> ''),
    order_id    BLOB    CHECK (length(order_id) = 16),
    actor       TEXT    CHECK (actor <> ''),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (product_id, version),

    CONSTRAINT an_order_or_an_actor_changed_it CHECK ((order_id IS NULL) <> (actor IS NULL))
) STRICT, WITHOUT ROWID;

-- Clustered by the id itself: it is a UUIDv7, so new reservations are at the end, and a list of them is read backwards.
CREATE TABLE reservations (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    order_id   BLOB    NOT NULL CHECK (length(order_id) = 16),
    state      TEXT    NOT NULL CHECK (state IN ('held', 'committed', 'released', 'rejected')),
    decided_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX reservations_order_id ON reservations (order_id);
-- What is held: few of many, as orders are shipped.
CREATE INDEX reservations_held ON reservations (order_id) WHERE state = 'held';

-- Written with their reservation and never changed. A line that was short says what was available.
CREATE TABLE reservation_lines (
    reservation_id BLOB    NOT NULL REFERENCES reservations (id),
    product_id     BLOB    NOT NULL CHECK (length(product_id) = 16),
    quantity       INTEGER NOT NULL CHECK (quantity > 0),
    available      INTEGER CHECK (available >= 0 AND available < quantity),
    PRIMARY KEY (reservation_id, product_id)
) STRICT, WITHOUT ROWID;
