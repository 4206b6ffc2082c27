DROP INDEX event_log_causation;
DROP TABLE log_pruning;
DROP TABLE operator_actions;
DROP TABLE delivery_attempts;
ALTER TABLE consumers DROP COLUMN pause_reason, DROP COLUMN paused_by, DROP COLUMN paused_at;

ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_ended_check,
    DROP CONSTRAINT deliveries_state_check;
UPDATE deliveries SET state = 'done' WHERE state = 'discarded';
DROP INDEX deliveries_ended, deliveries_unfinished;
ALTER TABLE deliveries
    ADD CONSTRAINT deliveries_state_check CHECK (state IN ('retrying', 'waiting', 'dead', 'done')),
    DROP COLUMN ended_at, DROP COLUMN held_at, DROP COLUMN interruptions, DROP COLUMN attempts_before_replay;
CREATE INDEX deliveries_unfinished ON deliveries (consumer, aggregate_id, aggregate_version) WHERE state <> 'done';
