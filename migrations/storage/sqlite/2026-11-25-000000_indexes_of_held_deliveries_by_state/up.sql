-- A mail server that was away for a night leaves many deliveries. What may be tried now is found without reading what is to be tried later,
-- what is dead without reading anything else.
DROP INDEX deliveries_by_age;
CREATE INDEX deliveries_waiting ON deliveries (consumer, held_at) WHERE state = 'waiting';
CREATE INDEX deliveries_retrying ON deliveries (consumer, next_attempt_at) WHERE state = 'retrying';
CREATE INDEX deliveries_dead ON deliveries (held_at, consumer, event_id) WHERE state = 'dead';
