-- The address book, and the list of mails that were sent.

CREATE TABLE addresses (
    user_id uuid NOT NULL CONSTRAINT addresses_user_id PRIMARY KEY,
    email   text NOT NULL CHECK (email <> '')
);

-- One row per event that led to a mail.
CREATE TABLE mails (
    event_id   uuid        NOT NULL CONSTRAINT mails_event_id PRIMARY KEY,
    order_id   uuid        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('order_confirmed', 'order_shipped', 'order_cancelled')),
    recipient  text        NOT NULL CHECK (recipient <> ''),
    subject    text        NOT NULL CHECK (subject <> ''),
    message_id text        NOT NULL CHECK (message_id <> ''),
    sent_at    timestamptz NOT NULL
);
