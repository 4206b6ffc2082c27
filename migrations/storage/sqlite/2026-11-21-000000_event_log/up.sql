-- What every context's database holds beside the context's own tables.

-- The event log. A row is written in the transaction that writes the state it is about. The outbox is the
-- rows that are not yet published; a private one is published as it is written.
CREATE TABLE event_log (
    sequence          INTEGER PRIMARY KEY,
    event_id          BLOB    NOT NULL CHECK (length(event_id) = 16),
    event_type        TEXT    NOT NULL,
    schema_version    INTEGER NOT NULL CHECK (schema_version > 0),
    private           INTEGER NOT NULL CHECK (private IN (0, 1)),
    aggregate_type    TEXT    NOT NULL,
    aggregate_id      BLOB    NOT NULL CHECK (length(aggregate_id) = 16),
    aggregate_version INTEGER NOT NULL CHECK (aggregate_version > 0),
    occurred_at       INTEGER NOT NULL, -- microseconds since 1970, as all times here
    command_id        BLOB    NOT NULL CHECK (length(command_id) = 16),
    correlation_id    BLOB    NOT NULL CHECK (length(correlation_id) = 16),
    causation_id      BLOB             CHECK (length(causation_id) = 16),
    actor             TEXT    NOT NULL,
    traceparent       TEXT,
    data              TEXT    NOT NULL,
    published_at      INTEGER
) STRICT;

-- One version, one event.
CREATE UNIQUE INDEX event_log_aggregate_version
    ON event_log (aggregate_id, aggregate_type, aggregate_version);
CREATE INDEX event_log_unpublished
    ON event_log (sequence) WHERE published_at IS NULL;

-- How far each consumer of this context has come, per aggregate. Kept for ever: so a redelivered event is
-- found to be a duplicate, however late it comes.
CREATE TABLE consumer_positions (
    consumer     TEXT    NOT NULL,
    aggregate_id BLOB    NOT NULL CHECK (length(aggregate_id) = 16),
    position     INTEGER NOT NULL CHECK (position > 0),
    PRIMARY KEY (consumer, aggregate_id)
) STRICT, WITHOUT ROWID;

-- Where each consumer of this context began in its source's log.
CREATE TABLE consumers (
    consumer         TEXT    NOT NULL PRIMARY KEY,
    source           TEXT    NOT NULL,
    begins_after     INTEGER NOT NULL CHECK (begins_after >= 0), -- a sequence of the source's log
    first_started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Deliveries that did not succeed at once. Dead letters are a state here, not a table of their own.
CREATE TABLE deliveries (
    consumer          TEXT    NOT NULL,
    event_id          BLOB    NOT NULL CHECK (length(event_id) = 16),
    aggregate_id      BLOB    NOT NULL CHECK (length(aggregate_id) = 16),
    aggregate_version INTEGER NOT NULL CHECK (aggregate_version > 0),
    previous_version  INTEGER NOT NULL CHECK (previous_version >= 0),
    state             TEXT    NOT NULL CHECK (state IN ('retrying', 'waiting', 'dead', 'done')),
    attempts          INTEGER NOT NULL CHECK (attempts >= 0),
    next_attempt_at   INTEGER CHECK ((state = 'retrying') = (next_attempt_at IS NOT NULL)),
    last_error        TEXT,
    envelope          TEXT    NOT NULL,
    PRIMARY KEY (consumer, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_unfinished
    ON deliveries (consumer, aggregate_id, aggregate_version) WHERE state <> 'done';

-- Commands whose caller may repeat them: the key, what was asked, what was answered.
CREATE TABLE command_log (
    replay_key  TEXT    NOT NULL UNIQUE,
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    result      TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX command_log_recorded_at ON command_log (recorded_at);
