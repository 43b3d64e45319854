-- Run once, by the compose profile `postgres`: a database whose owner is no superuser, for whom row-level security holds.
CREATE ROLE pullquote LOGIN;
CREATE DATABASE pullquote OWNER pullquote;
\connect pullquote
CREATE EXTENSION vector;
