-- The code of a cancellation's reason; `cancellation_reason` still has a person's words, or else the code. Rows from before, and those of a
-- version without the column, have none: there `out_of_stock` is Orderly's own word when something was short, and a person's when nothing
-- was.
ALTER TABLE orders ADD COLUMN cancellation_code TEXT CHECK (cancellation_code IN ('on_request', 'out_of_stock'));

-- When the stock of a cancelled order became free again. Its `allocation` stays `reserved`: a version without the column can read no new
-- name there.
ALTER TABLE orders ADD COLUMN stock_released_at INTEGER;

-- What was reserved for orders that were cancelled since was released: inventory gets every cancellation, and frees what it reserved. The
-- time is that of the cancellation.
UPDATE orders SET stock_released_at = updated_at WHERE status = 'cancelled' AND allocation = 'reserved';
-- For orders that were cancelled before inventory had answered, it was not recorded whether stock was reserved. They count as without
-- stock, until inventory's log, as far as it goes back, is delivered again from its start and shows otherwise.
UPDATE orders SET allocation = 'none' WHERE status = 'cancelled' AND allocation = 'requested';
