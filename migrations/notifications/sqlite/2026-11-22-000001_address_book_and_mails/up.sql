-- The address book, and the list of mails that were sent. All times are microseconds since 1970.

CREATE TABLE addresses (
    user_id BLOB NOT NULL PRIMARY KEY CHECK (length(user_id) = 16),
    email   TEXT NOT NULL CHECK (email <> '')
) STRICT, WITHOUT ROWID;

-- One row per event that led to a mail. Clustered by the event's id, a UUIDv7, so new mails are at the end.
CREATE TABLE mails (
    event_id   BLOB    NOT NULL PRIMARY KEY CHECK (length(event_id) = 16),
    order_id   BLOB    NOT NULL CHECK (length(order_id) = 16),
    kind       TEXT    NOT NULL CHECK (kind IN ('order_confirmed', 'order_shipped', 'order_cancelled')),
    recipient  TEXT    NOT NULL CHECK (recipient <> ''),
    subject    TEXT    NOT NULL CHECK (subject <> ''),
    message_id TEXT    NOT NULL CHECK (message_id <> ''),
    sent_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
