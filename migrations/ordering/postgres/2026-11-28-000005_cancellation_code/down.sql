ALTER TABLE orders DROP COLUMN stock_released_at;
ALTER TABLE orders DROP COLUMN cancellation_code;
