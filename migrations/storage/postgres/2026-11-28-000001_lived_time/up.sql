-- How long this database was served, and the earliest allowed stamp. Retention uses this, and not a clock, which may be wrong. Both are
-- written by the process that relays.

CREATE TABLE lived_time (
    only_one    boolean     NOT NULL CONSTRAINT lived_time_only_one PRIMARY KEY CHECK (only_one),
    lived       bigint      NOT NULL CHECK (lived >= 0), -- microseconds for which it was served, by a clock that nobody sets
    stamps_from timestamptz NOT NULL,                    -- no row is stamped with an earlier time than this
    jumped_at   bigint      CHECK (jumped_at <= lived)   -- what `lived` was when the server's clock was found to have jumped
);

-- What `stamps_from` was when so much had been lived: a line for each hour, and one whenever it went back.
CREATE TABLE lived_hours (
    lived       bigint      NOT NULL CONSTRAINT lived_hours_lived PRIMARY KEY,
    stamps_from timestamptz NOT NULL
);
