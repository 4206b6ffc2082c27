DROP TABLE lived_hours;
DROP TABLE lived_time;
