-- Which installation the file belongs to: every context's file of it has the same id. No row: no version that makes ids has opened it yet.
CREATE TABLE installation (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    id       BLOB    NOT NULL CHECK (length(id) = 16)
) STRICT;
