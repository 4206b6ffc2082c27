-- Which of the reasons that there are an order was cancelled for; `cancellation_reason` goes on to have a person's words, or else the code.
-- Rows from before, and those of a version that does not know the column, have none: there `out_of_stock` is Orderly's own word when
-- something was short, and a person's when nothing was.
ALTER TABLE orders ADD COLUMN cancellation_code text CHECK (cancellation_code IN ('on_request', 'out_of_stock'));

-- When the stock of a cancelled order became free again. Its `allocation` goes on to say `reserved`: a version that does not know the column
-- can read no new name there.
ALTER TABLE orders ADD COLUMN stock_released_at timestamptz;

-- What was reserved for orders that were cancelled since was released: inventory hears of every cancellation, and frees what it holds. The
-- time is when it was asked to.
UPDATE orders SET stock_released_at = updated_at WHERE status = 'cancelled' AND allocation = 'reserved';
-- Of those that were cancelled before inventory had answered nobody wrote down whether stock was held. They say that it was not, until
-- inventory's log, as far as it goes back, is heard again from its start and says otherwise.
UPDATE orders SET allocation = 'none' WHERE status = 'cancelled' AND allocation = 'requested';
