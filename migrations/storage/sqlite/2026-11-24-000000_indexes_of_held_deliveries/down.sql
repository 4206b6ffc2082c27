DROP INDEX deliveries_by_age;
