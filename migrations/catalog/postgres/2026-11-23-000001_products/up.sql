-- The products. Money is minor units of its currency. Text in an index is compared by its bytes, so that no upgrade of the system's
-- collations can ever spoil it.

CREATE TABLE products (
    id          uuid        NOT NULL CONSTRAINT products_id PRIMARY KEY,
    sku         text        NOT NULL CHECK (length(sku) BETWEEN 1 AND 40),
    -- The form in which two spellings of one sku are equal. This index decides whether a sku is free.
    sku_folded  text        COLLATE "C" NOT NULL CONSTRAINT products_sku_folded UNIQUE,
    name        text        NOT NULL CHECK (name <> ''),
    -- The form that the list goes by, and in which it is searched.
    name_folded text        COLLATE "C" NOT NULL,
    price       bigint      NOT NULL CHECK (price >= 0),
    currency    text        NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'INR')),
    status      text        COLLATE "C" NOT NULL CHECK (status IN ('listed', 'delisted')),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     bigint      NOT NULL CHECK (version > 0)
);

CREATE INDEX products_status_name ON products (status, name_folded, id);
