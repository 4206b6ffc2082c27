DROP TABLE relay_lease;
DROP TABLE committers;
DROP TABLE command_log;
DROP TABLE deliveries;
DROP TABLE consumers;
DROP TABLE consumer_positions;
DROP TABLE event_log;
