-- What every context's schema holds beside the context's own tables.

-- The event log. A row is written in the transaction that writes the state it is about. The outbox is the
-- rows that are not yet published; a private one is published as it is written.
CREATE TABLE event_log (
    -- Given when a row is written, not when it is committed: never conclude from one row that another was seen.
    sequence          bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT event_log_sequence PRIMARY KEY,
    event_id          uuid        NOT NULL,
    event_type        text        NOT NULL,
    schema_version    integer     NOT NULL CHECK (schema_version > 0),
    private           boolean     NOT NULL,
    aggregate_type    text        NOT NULL,
    aggregate_id      uuid        NOT NULL,
    aggregate_version bigint      NOT NULL CHECK (aggregate_version > 0),
    occurred_at       timestamptz NOT NULL,
    command_id        uuid        NOT NULL,
    correlation_id    uuid        NOT NULL,
    causation_id      uuid,
    actor             text        NOT NULL,
    traceparent       text,
    data              jsonb       NOT NULL,
    published_at      timestamptz,
    -- One version, one event.
    CONSTRAINT event_log_aggregate_version UNIQUE (aggregate_id, aggregate_type, aggregate_version)
);
CREATE INDEX event_log_unpublished ON event_log (sequence) WHERE published_at IS NULL;

-- How far each consumer of this context has come, per aggregate. Kept for ever: so a redelivered event is
-- found to be a duplicate, however late it comes.
CREATE TABLE consumer_positions (
    consumer     text   NOT NULL,
    aggregate_id uuid   NOT NULL,
    position     bigint NOT NULL CHECK (position > 0),
    CONSTRAINT consumer_positions_consumer_aggregate PRIMARY KEY (consumer, aggregate_id)
);

-- Where each consumer of this context began in its source's log.
CREATE TABLE consumers (
    consumer         text        NOT NULL CONSTRAINT consumers_consumer PRIMARY KEY,
    source           text        NOT NULL,
    begins_after     bigint      NOT NULL CHECK (begins_after >= 0), -- a sequence of the source's log
    first_started_at timestamptz NOT NULL
);

-- Deliveries that did not succeed at once. Dead letters are a state here, not a table of their own.
CREATE TABLE deliveries (
    consumer          text        NOT NULL,
    event_id          uuid        NOT NULL,
    aggregate_id      uuid        NOT NULL,
    aggregate_version bigint      NOT NULL CHECK (aggregate_version > 0),
    previous_version  bigint      NOT NULL CHECK (previous_version >= 0),
    state             text        NOT NULL CHECK (state IN ('retrying', 'waiting', 'dead', 'done')),
    attempts          bigint      NOT NULL CHECK (attempts >= 0),
    next_attempt_at   timestamptz CHECK ((state = 'retrying') = (next_attempt_at IS NOT NULL)),
    last_error        text,
    envelope          jsonb       NOT NULL,
    CONSTRAINT deliveries_consumer_event PRIMARY KEY (consumer, event_id)
);
CREATE INDEX deliveries_unfinished ON deliveries (consumer, aggregate_id, aggregate_version) WHERE state <> 'done';

-- Commands whose caller may repeat them: the key, what was asked, what was answered. The answer is text, because it is
-- given again byte for byte.
CREATE TABLE command_log (
    replay_key  text        NOT NULL CONSTRAINT command_log_replay_key PRIMARY KEY,
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32),
    result      text        NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX command_log_recorded_at ON command_log (recorded_at);

-- One row per committer of each process, which each of its batches increments. When a connection breaks in COMMIT, this row shows
-- whether the batch was committed: taking its lock waits until the broken connection's transaction has ended.
CREATE TABLE committers (
    committer uuid        NOT NULL CONSTRAINT committers_committer PRIMARY KEY,
    batch     bigint      NOT NULL,
    moved_at  timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Which process relays this context's events. The fence increases whenever another one takes over, so that the
-- writes of a former holder are refused.
CREATE TABLE relay_lease (
    only_one   boolean     NOT NULL DEFAULT true CONSTRAINT relay_lease_only_one PRIMARY KEY CHECK (only_one),
    holder     uuid        NOT NULL,
    fence      bigint      NOT NULL,
    expires_at timestamptz NOT NULL
);
