-- The price list: a copy of the catalogue's products. Money is minor units of its currency.

CREATE TABLE price_list (
    product_id BLOB    NOT NULL PRIMARY KEY CHECK (length(product_id) = 16),
    name       TEXT    NOT NULL CHECK (name <> ''),
    price      INTEGER NOT NULL CHECK (price >= 0),
    currency   TEXT    NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'INR')),
    status     TEXT    NOT NULL CHECK (status IN ('listed', 'delisted'))
) STRICT, WITHOUT ROWID;
