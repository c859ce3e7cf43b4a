CREATE TABLE clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    steady REAL NOT NULL,
    wall REAL NOT NULL,
    monotonic REAL NOT NULL
);
ALTER TABLE migration ADD COLUMN took REAL;
UPDATE migration SET took = finished - started WHERE finished IS NOT NULL;
ALTER TABLE phase ADD COLUMN began REAL;
ALTER TABLE phase ADD COLUMN took REAL;
UPDATE phase SET began = since, took = until - since
