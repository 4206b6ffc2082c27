-- The price list: a copy of the catalogue's products. Money is minor units of its currency.

CREATE TABLE price_list (
    product_id uuid   NOT NULL CONSTRAINT price_list_product_id PRIMARY KEY,
    name       text   NOT NULL CHECK (name <> ''),
    price      bigint NOT NULL CHECK (price >= 0),
    currency   text   NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'INR')),
    status     text   NOT NULL CHECK (status IN ('listed', 'delisted'))
);
