-- Which installation it was copied from. No row: it began here. A schema is no file that could be exchanged, so nothing compares it.
CREATE TABLE installation (
    only_one boolean NOT NULL CONSTRAINT installation_only_one PRIMARY KEY CHECK (only_one),
    id       uuid    NOT NULL
);
