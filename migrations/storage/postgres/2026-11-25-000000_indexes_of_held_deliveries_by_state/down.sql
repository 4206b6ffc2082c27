DROP INDEX deliveries_dead;
DROP INDEX deliveries_retrying;
DROP INDEX deliveries_waiting;
