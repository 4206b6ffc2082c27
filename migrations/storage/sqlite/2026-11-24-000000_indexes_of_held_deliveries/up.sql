-- A mail server that was unavailable for a night leaves many pending deliveries: the oldest are found first, without reading those
-- that have ended.
CREATE INDEX deliveries_by_age ON deliveries (consumer, held_at) WHERE ended_at IS NULL;
