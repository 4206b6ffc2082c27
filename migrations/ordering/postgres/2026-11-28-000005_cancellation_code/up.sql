-- Which of the reasons that there are an order was cancelled for; `cancellation_reason` goes on to have a person's words, or else the code.
-- Rows from before, and those of a version that does not know the column, have none: there `out_of_stock` is Orderly's own word when
-- something was short, and a person's when nothing was.
ALTER TABLE orders ADD COLUMN cancellation_code text CHECK (cancellation_code IN ('on_request', 'out_of_stock'));
