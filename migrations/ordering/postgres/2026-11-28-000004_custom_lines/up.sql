-- Whether a line goes by the price list or, as staff wrote it, by a name and a price of its own. Lines from before say that they are on the
-- list: those of a product that the list never had are known all the same, and of the others staff may still say so. A version that does
-- not know the column goes on beside it.
ALTER TABLE order_lines ADD COLUMN kind text NOT NULL DEFAULT 'listed' CHECK (kind IN ('listed', 'custom'));
