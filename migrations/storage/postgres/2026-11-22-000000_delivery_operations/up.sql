-- Deliveries with all their attempts, what operators did to them, and how far the log was pruned.

ALTER TABLE deliveries
    ADD COLUMN attempts_before_replay bigint      NOT NULL DEFAULT 0 CHECK (attempts_before_replay BETWEEN 0 AND attempts),
    ADD COLUMN interruptions          bigint      NOT NULL DEFAULT 0 CHECK (interruptions BETWEEN 0 AND attempts), -- attempts in a row that never ended
    ADD COLUMN held_at                timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN ended_at               timestamptz;
ALTER TABLE deliveries
    ALTER COLUMN attempts_before_replay DROP DEFAULT,
    ALTER COLUMN interruptions DROP DEFAULT,
    ALTER COLUMN held_at DROP DEFAULT,
    DROP CONSTRAINT deliveries_state_check;
UPDATE deliveries SET ended_at = now() WHERE state = 'done';
ALTER TABLE deliveries
    ADD CONSTRAINT deliveries_state_check CHECK (state IN ('retrying', 'waiting', 'dead', 'done', 'discarded')),
    ADD CONSTRAINT deliveries_ended_check CHECK ((state IN ('done', 'discarded')) = (ended_at IS NOT NULL));

DROP INDEX deliveries_unfinished;
CREATE INDEX deliveries_unfinished ON deliveries (consumer, aggregate_id, aggregate_version) WHERE ended_at IS NULL;
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- Each attempt at a delivery that has a row. One that began and never ended was under way when the process ended.
CREATE TABLE delivery_attempts (
    consumer text        NOT NULL,
    event_id uuid        NOT NULL,
    number   bigint      NOT NULL CHECK (number > 0),
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    error    text CHECK (error IS NULL OR ended_at IS NOT NULL),
    CONSTRAINT delivery_attempts_consumer_event_number PRIMARY KEY (consumer, event_id, number)
);

-- A paused consumer gets no events.
ALTER TABLE consumers
    ADD COLUMN paused_at    timestamptz,
    ADD COLUMN paused_by    text,
    ADD COLUMN pause_reason text;

-- What operators did: who, what, why. Written with the action, and never deleted.
CREATE TABLE operator_actions (
    id       uuid        NOT NULL CONSTRAINT operator_actions_id PRIMARY KEY,
    acted_at timestamptz NOT NULL,
    actor    text        NOT NULL,
    reason   text        NOT NULL,
    consumer text        NOT NULL,
    action   text        NOT NULL CHECK (action IN ('replay', 'discard', 'pause', 'resume')),
    event_id uuid        CHECK (event_id IS NULL OR action IN ('replay', 'discard'))
);

-- How far the log was pruned: every event that is gone was published before this time. No row: none is gone.
CREATE TABLE log_pruning (
    only_one         boolean     NOT NULL CONSTRAINT log_pruning_only_one PRIMARY KEY CHECK (only_one),
    published_before timestamptz NOT NULL
);

-- What an event led to. It has only events that another event led to, so it costs a caller's command nothing.
CREATE INDEX event_log_causation ON event_log (causation_id) WHERE causation_id IS NOT NULL;
