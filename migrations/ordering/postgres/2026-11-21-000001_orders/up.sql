-- Orders, their lines, and customers. Money is minor units of the order's currency. Text in an index is compared by its bytes: what
-- is looked up is Orderly's own, and no upgrade of the system's collations can ever spoil such an index.

CREATE TABLE orders (
    id                     uuid        NOT NULL CONSTRAINT orders_id PRIMARY KEY,
    reference              text        COLLATE "C" NOT NULL CONSTRAINT orders_reference UNIQUE CHECK (length(reference) = 9),
    customer_id            uuid        NOT NULL,
    status                 text        COLLATE "C" NOT NULL CHECK (status IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled')),
    allocation             text        NOT NULL CHECK (allocation IN ('none', 'requested', 'reserved', 'rejected')),
    currency               text        NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'INR')),
    shipping_street        text,
    shipping_city          text,
    shipping_state         text,
    shipping_postal_code   text        CHECK (shipping_postal_code <> ''),
    shipping_country       text        CHECK (length(shipping_country) = 2),
    cancellation_reason    text,
    cancellation_shortages jsonb, -- [{product_id, requested, available}]
    carrier                text,
    tracking_number        text,
    placed_at              timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    version                bigint      NOT NULL CHECK (version > 0),

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
);

-- A customer's orders, newest first; all orders; and, for staff, those with a status. Lists read them backwards, and new
-- orders go to the end, where PostgreSQL finds the page without a search.
CREATE INDEX orders_customer_newest ON orders (customer_id, placed_at, id);
CREATE INDEX orders_newest ON orders (placed_at, id);
CREATE INDEX orders_status_newest ON orders (status, placed_at, id);

-- A line's position is given once and never again.
CREATE TABLE order_lines (
    order_id     uuid   NOT NULL REFERENCES orders (id),
    position     bigint NOT NULL CHECK (position >= 0),
    line_id      uuid   NOT NULL,
    product_id   uuid   NOT NULL,
    product_name text   NOT NULL CHECK (product_name <> ''),
    quantity     bigint NOT NULL CHECK (quantity BETWEEN 1 AND 1000000),
    unit_price   bigint NOT NULL CHECK (unit_price >= 0),
    CONSTRAINT order_lines_order_position PRIMARY KEY (order_id, position)
);

CREATE TABLE customers (
    id      uuid   NOT NULL CONSTRAINT customers_id PRIMARY KEY,
    email   text   NOT NULL CHECK (email <> ''),
    tier    text   NOT NULL CHECK (tier IN ('standard', 'silver', 'gold')),
    status  text   NOT NULL CHECK (status IN ('open', 'closed')),
    version bigint NOT NULL CHECK (version > 0)
);
