DROP TABLE price_list;
