DROP TABLE reservation_lines;
DROP TABLE reservations;
DROP TABLE ledger_entries;
DROP TABLE stock_items;
