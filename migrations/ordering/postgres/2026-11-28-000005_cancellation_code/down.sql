ALTER TABLE orders DROP COLUMN cancellation_code;
