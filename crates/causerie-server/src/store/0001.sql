-- What the feed says of the blog itself: title, description, language, authors (as JSON).
CREATE TABLE blog (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE posts (
    thread TEXT PRIMARY KEY,
    -- The JSON Feed item as it came, without the extension.
    item TEXT NOT NULL,
    -- open, moderated or closed
    accepts TEXT NOT NULL,
    -- Milliseconds since the epoch; orders the feed.
    published INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE comments (
    -- Breaks ties of `published`; never used again after a deletion, so that cursors stay true.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL REFERENCES posts (thread),
    -- No foreign key: what a deleted comment was answered with stays.
    parent TEXT,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    url TEXT NOT NULL,
    post_author INTEGER NOT NULL,
    -- Markdown, kept so that the HTML can be made anew.
    content TEXT NOT NULL,
    html TEXT NOT NULL,
    published INTEGER NOT NULL,
    -- published, held or rejected
    status TEXT NOT NULL
) STRICT;

CREATE INDEX comments_in_order ON comments (thread, status, published, seq);

CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,
    -- SHA-256 of the thread and the comment that came with the key.
    request BLOB NOT NULL,
    comment TEXT NOT NULL,
    made INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
