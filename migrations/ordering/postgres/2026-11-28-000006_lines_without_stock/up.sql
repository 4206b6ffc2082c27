-- Whether stock is asked for a line, which a fee or a service has none of. All lines from before ask for it, and those of a version that does
-- not know the column, which goes on beside it.
ALTER TABLE order_lines ADD COLUMN asks_for_stock boolean NOT NULL DEFAULT true;
