-- An archive as it was written with schema 2: sqlite3's own dump, and the two pragmas that a dump leaves out.
BEGIN TRANSACTION;
CREATE TABLE articles (
            id TEXT PRIMARY KEY, collection TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
            publisher TEXT, author TEXT,
            published_at INTEGER, -- microseconds since 1970 in UTC
            headings TEXT NOT NULL, -- JSON: [[start, end], ...] in characters of text
            version INTEGER NOT NULL CHECK (version >= 1),
            added_at INTEGER NOT NULL,
            digest TEXT NOT NULL -- sha256 over everything that was read, see rows.py
        ) STRICT;
INSERT INTO "articles" VALUES('990557c8931c3da1','g1','https://news.example/own','On own','This is about own. Nobody else tells of own.',NULL,NULL,NULL,'[]',1,1795450897767180,'07f6a84ca396373a77a8270fa10dd3ddcf70a2c80f9ac41dc3820b4f05e08376');
INSERT INTO "articles" VALUES('808c810d44b073ff','public','https://news.example/ferry','On ferry','The ferry struck the pier. Two people were hurt.','The Harbour Post',NULL,1735862400000000,'[]',2,1795450898061711,'89f701f157c6f8d663ebdb8451352ed4cfe90cc47e25f5c5fd7d3e9f00ba2464');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "meta" VALUES('lineage','130ac05c2dbc90780b9b977718862c41');
INSERT INTO "meta" VALUES('state','bc1426e800474ee8a078e4f7296c078c');
INSERT INTO "meta" VALUES('manifest','{"model": {"dimension": 8, "max_tokens": 256, "name": "made up", "revision": "1111111111111111111111111111111111111111111111111111111111111111"}, "passage_rules": "1"}');
CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- never dealt out twice: rows are inserted and deleted, not changed
            article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
            heading_start INTEGER, heading_end INTEGER,
            CHECK (0 <= start_at AND start_at < end_at)
        ) STRICT;
INSERT INTO "passages" VALUES(5,'990557c8931c3da1',0,18,NULL,NULL);
INSERT INTO "passages" VALUES(6,'990557c8931c3da1',19,44,NULL,NULL);
INSERT INTO "passages" VALUES(7,'808c810d44b073ff',0,26,NULL,NULL);
INSERT INTO "passages" VALUES(8,'808c810d44b073ff',27,48,NULL,NULL);
CREATE TABLE vectors (
            passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
            vector BLOB NOT NULL -- float16, little endian
        ) STRICT;
INSERT INTO "vectors" VALUES(5,X'000000B800B8000000B8000000B80000');
INSERT INTO "vectors" VALUES(6,X'0000003800380000000000B800B80000');
INSERT INTO "vectors" VALUES(7,X'00000038000000380000000000B800B8');
INSERT INTO "vectors" VALUES(8,X'003800000000000000B800B8000000B8');
CREATE INDEX articles_by_url ON articles (url);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE INDEX articles_by_arrival
            ON articles (collection, added_at DESC, id, publisher, published_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('passages',8);
COMMIT;
PRAGMA application_id = 1347506004;
PRAGMA user_version = 2;
