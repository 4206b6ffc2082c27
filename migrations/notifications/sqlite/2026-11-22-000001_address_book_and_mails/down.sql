DROP TABLE mails;
DROP TABLE addresses;
