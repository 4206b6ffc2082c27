-- How long this database was served, and the earliest allowed stamp. Retention uses this, and not a clock, which may be wrong. Both are
-- written by the process that serves.

CREATE TABLE lived_time (
    only_one    INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    lived       INTEGER NOT NULL CHECK (lived >= 0), -- microseconds for which it was served, by a clock that nobody sets
    stamps_from INTEGER NOT NULL,                    -- no row is stamped with an earlier time than this
    jumped_at   INTEGER CHECK (jumped_at <= lived)   -- what `lived` was when the machine's clock was found to have jumped
) STRICT;

-- What `stamps_from` was when so much had been lived: a line for each hour, and one whenever it went back.
CREATE TABLE lived_hours (
    lived       INTEGER NOT NULL PRIMARY KEY,
    stamps_from INTEGER NOT NULL
) STRICT;
