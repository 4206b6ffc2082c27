CREATE TABLE things (
    id      uuid   CONSTRAINT things_id PRIMARY KEY,
    name    text   NOT NULL CONSTRAINT things_name UNIQUE,
    size    bigint NOT NULL CONSTRAINT size_is_positive CHECK (size > 0),
    version bigint NOT NULL
);
