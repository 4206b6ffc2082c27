DROP INDEX deliveries_dead;
DROP INDEX deliveries_retrying;
DROP INDEX deliveries_waiting;
CREATE INDEX deliveries_by_age ON deliveries (consumer, held_at) WHERE ended_at IS NULL;
