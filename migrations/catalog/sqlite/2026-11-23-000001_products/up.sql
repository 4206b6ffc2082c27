-- The products. Times are microseconds since 1970, money is minor units of its currency.

CREATE TABLE products (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    sku         TEXT    NOT NULL CHECK (length(sku) BETWEEN 1 AND 40),
    -- The form in which two spellings of one sku are equal. This index decides whether a sku is free.
    sku_folded  TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL CHECK (name <> ''),
    -- The form that the list goes by, and in which it is searched.
    name_folded TEXT    NOT NULL,
    price       INTEGER NOT NULL CHECK (price >= 0),
    currency    TEXT    NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'INR')),
    status      TEXT    NOT NULL CHECK (status IN ('listed', 'delisted')),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX products_status_name ON products (status, name_folded, id);
