-- A mail server that was unavailable for a night leaves many pending deliveries. Those that are due are found without reading those to be
-- tried later, and dead ones without reading any other.
CREATE INDEX deliveries_waiting ON deliveries (consumer, held_at) WHERE state = 'waiting';
CREATE INDEX deliveries_retrying ON deliveries (consumer, next_attempt_at) WHERE state = 'retrying';
CREATE INDEX deliveries_dead ON deliveries (held_at, consumer, event_id) WHERE state = 'dead';
