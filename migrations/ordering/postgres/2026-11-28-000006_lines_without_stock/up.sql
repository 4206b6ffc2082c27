-- Whether stock is asked for a line; a fee or a service has none. All lines from before ask for it, and so do those of a version without the
-- column, which can run beside it.
ALTER TABLE order_lines ADD COLUMN asks_for_stock boolean NOT NULL DEFAULT true;
