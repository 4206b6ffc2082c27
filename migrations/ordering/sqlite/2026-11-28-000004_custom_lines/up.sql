-- Whether a line goes by the price list or, as staff wrote it, by a name and a price of its own. Lines from before count as on the list:
-- those of a product that the list never had are recognised all the same, and staff may still mark the others. A version without the column
-- can run beside it.
ALTER TABLE order_lines ADD COLUMN kind TEXT NOT NULL DEFAULT 'listed' CHECK (kind IN ('listed', 'custom'));
