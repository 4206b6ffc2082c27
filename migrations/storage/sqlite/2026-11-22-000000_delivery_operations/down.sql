DROP INDEX event_log_causation;
DROP TABLE log_pruning;
DROP TABLE operator_actions;
DROP TABLE delivery_attempts;
ALTER TABLE consumers DROP COLUMN pause_reason;
ALTER TABLE consumers DROP COLUMN paused_by;
ALTER TABLE consumers DROP COLUMN paused_at;

CREATE TABLE deliveries_without_attempts (
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
INSERT INTO deliveries_without_attempts
SELECT consumer, event_id, aggregate_id, aggregate_version, previous_version,
       CASE state WHEN 'discarded' THEN 'done' ELSE state END, attempts, next_attempt_at, last_error, envelope
FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_without_attempts RENAME TO deliveries;
CREATE INDEX deliveries_unfinished
    ON deliveries (consumer, aggregate_id, aggregate_version) WHERE state <> 'done';
