-- Milliseconds since the epoch; NULL for a comment that was never edited.
ALTER TABLE comments ADD COLUMN updated INTEGER;

-- What readers could see of a comment and now see otherwise. Only that it changed is kept: how it
-- is now stands in `comments`.
CREATE TABLE changes (
    -- Never used again, not even when all are dropped: clients resume after it.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    thread TEXT NOT NULL,
    comment TEXT NOT NULL,
    -- Milliseconds since the epoch.
    made INTEGER NOT NULL
) STRICT;

CREATE INDEX changes_of_thread ON changes (thread, number);

-- One row.
CREATE TABLE change_log (
    -- Tells the numbers of this database from those of one that was there before.
    name TEXT NOT NULL,
    -- The highest number that was dropped; 0 where none was.
    dropped INTEGER NOT NULL
) STRICT;

INSERT INTO change_log (name, dropped) VALUES (lower(hex(randomblob(4))), 0);

-- Triggers, so that nobody who writes can forget it, whichever process it is. A comment that is not
-- and was not published leaves no trace.
CREATE TRIGGER comment_inserted AFTER INSERT ON comments
WHEN NEW.status = 'published'
BEGIN
    INSERT INTO changes (thread, comment, made) VALUES (NEW.thread, NEW.id, unixepoch() * 1000);
END;

-- `email` and `content` are not sent to anybody.
CREATE TRIGGER comment_updated AFTER UPDATE ON comments
WHEN (OLD.status = 'published' OR NEW.status = 'published')
    AND (OLD.parent, OLD.name, OLD.url, OLD.post_author, OLD.html, OLD.published, OLD.updated, OLD.status)
    IS NOT (NEW.parent, NEW.name, NEW.url, NEW.post_author, NEW.html, NEW.published, NEW.updated, NEW.status)
BEGIN
    INSERT INTO changes (thread, comment, made) VALUES (NEW.thread, NEW.id, unixepoch() * 1000);
END;

CREATE TRIGGER comment_deleted AFTER DELETE ON comments
WHEN OLD.status = 'published'
BEGIN
    INSERT INTO changes (thread, comment, made) VALUES (OLD.thread, OLD.id, unixepoch() * 1000);
END;
