ALTER TABLE order_lines DROP COLUMN asks_for_stock;
