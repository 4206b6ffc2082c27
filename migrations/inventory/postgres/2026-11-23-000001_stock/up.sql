-- Stock, its ledger, and what is reserved of it for orders.

-- The CHECK backs the rules: whatever fails above, no more is sold than there is. Rows are written over and over in place, so pages
-- keep room for their next version.
CREATE TABLE stock_items (
    product_id uuid   NOT NULL CONSTRAINT stock_items_product_id PRIMARY KEY,
    on_hand    bigint NOT NULL,
    reserved   bigint NOT NULL,
    version    bigint NOT NULL CHECK (version > 0),

    CONSTRAINT no_more_is_reserved_than_there_is CHECK (0 <= reserved AND reserved <= on_hand)
) WITH (fillfactor = 50);

-- Entries are added and never changed, each under the version of the stock item that it led to. A ledger is read backwards.
CREATE TABLE ledger_entries (
    product_id  uuid        NOT NULL REFERENCES stock_items (product_id),
    version     bigint      NOT NULL CHECK (version > 0),
    delta       bigint      NOT NULL CHECK (delta <> 0),
    reason      text        NOT NULL CHECK (reason <> ''),
    order_id    uuid,
    actor       text        CHECK (actor <> ''),
    recorded_at timestamptz NOT NULL,
    CONSTRAINT ledger_entries_product_version PRIMARY KEY (product_id, version),

    CONSTRAINT an_order_or_an_actor_changed_it CHECK ((order_id IS NULL) <> (actor IS NULL))
);

-- Ids are UUIDv7: a list of reservations, newest first, is the primary key read backwards.
CREATE TABLE reservations (
    id         uuid        NOT NULL CONSTRAINT reservations_id PRIMARY KEY,
    order_id   uuid        NOT NULL CONSTRAINT reservations_order_id UNIQUE,
    state      text        NOT NULL CHECK (state IN ('held', 'committed', 'released', 'rejected')),
    decided_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint      NOT NULL CHECK (version > 0)
);

-- What is held: few of many, as orders are shipped.
CREATE INDEX reservations_held ON reservations (order_id) WHERE state = 'held';

-- Written with their reservation and never changed. A line that was short says what was available.
CREATE TABLE reservation_lines (
    reservation_id uuid   NOT NULL REFERENCES reservations (id),
    product_id     uuid   NOT NULL,
    quantity       bigint NOT NULL CHECK (quantity > 0),
    available      bigint CHECK (available >= 0 AND available < quantity),
    CONSTRAINT reservation_lines_reservation_product PRIMARY KEY (reservation_id, product_id)
);
