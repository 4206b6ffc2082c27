-- Deliveries with all their attempts, what operators did to them, and how far the log was pruned.

-- SQLite cannot change a table's constraints: the rows move to a new table.
CREATE TABLE deliveries_with_attempts (
    consumer               TEXT    NOT NULL,
    event_id               BLOB    NOT NULL CHECK (length(event_id) = 16),
    aggregate_id           BLOB    NOT NULL CHECK (length(aggregate_id) = 16),
    aggregate_version      INTEGER NOT NULL CHECK (aggregate_version > 0),
    previous_version       INTEGER NOT NULL CHECK (previous_version >= 0),
    state                  TEXT    NOT NULL CHECK (state IN ('retrying', 'waiting', 'dead', 'done', 'discarded')),
    attempts               INTEGER NOT NULL CHECK (attempts >= 0), -- counted when they begin
    attempts_before_replay INTEGER NOT NULL CHECK (attempts_before_replay BETWEEN 0 AND attempts),
    interruptions          INTEGER NOT NULL CHECK (interruptions BETWEEN 0 AND attempts), -- attempts in a row that never ended
    held_at                INTEGER NOT NULL,
    next_attempt_at        INTEGER CHECK ((state = 'retrying') = (next_attempt_at IS NOT NULL)),
    ended_at               INTEGER CHECK ((state IN ('done', 'discarded')) = (ended_at IS NOT NULL)),
    last_error             TEXT,
    envelope               TEXT    NOT NULL,
    PRIMARY KEY (consumer, event_id)
) STRICT, WITHOUT ROWID;

INSERT INTO deliveries_with_attempts
SELECT consumer, event_id, aggregate_id, aggregate_version, previous_version, state, attempts, 0, 0,
       unixepoch() * 1000000, next_attempt_at, CASE state WHEN 'done' THEN unixepoch() * 1000000 END, last_error, envelope
FROM deliveries;

DROP TABLE deliveries;
ALTER TABLE deliveries_with_attempts RENAME TO deliveries;
CREATE INDEX deliveries_unfinished ON deliveries (consumer, aggregate_id, aggregate_version) WHERE ended_at IS NULL;
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- Each attempt at a delivery that has a row. One that began and never ended was under way when the process ended.
CREATE TABLE delivery_attempts (
    consumer TEXT    NOT NULL,
    event_id BLOB    NOT NULL CHECK (length(event_id) = 16),
    number   INTEGER NOT NULL CHECK (number > 0),
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    error    TEXT CHECK (error IS NULL OR ended_at IS NOT NULL),
    PRIMARY KEY (consumer, event_id, number)
) STRICT, WITHOUT ROWID;

-- A paused consumer gets no events.
ALTER TABLE consumers ADD COLUMN paused_at INTEGER;
ALTER TABLE consumers ADD COLUMN paused_by TEXT;
ALTER TABLE consumers ADD COLUMN pause_reason TEXT;

-- What operators did: who, what, why. Written with the action, and never deleted.
CREATE TABLE operator_actions (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    acted_at INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    consumer TEXT    NOT NULL,
    action   TEXT    NOT NULL CHECK (action IN ('replay', 'discard', 'pause', 'resume')),
    event_id BLOB    CHECK (event_id IS NULL OR (length(event_id) = 16 AND action IN ('replay', 'discard')))
) STRICT, WITHOUT ROWID;

-- How far the log was pruned: every event that is gone was published before this time. No row: none is gone.
CREATE TABLE log_pruning (
    only_one         INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    published_before INTEGER NOT NULL
) STRICT;

-- What an event led to. It has only events that another event led to, so it costs a caller's command nothing.
CREATE INDEX event_log_causation ON event_log (causation_id) WHERE causation_id IS NOT NULL;
