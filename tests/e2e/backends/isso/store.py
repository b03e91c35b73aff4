"""Fills Isso's database and looks into it: `python store.py DATABASE`, a command as JSON on standard input."""

import json
import sqlite3
import sys
from datetime import datetime


def post(database, uri, comments):
    """Gives the numbers of the stored comments by the ids of the test."""
    thread = database.execute("INSERT INTO threads (uri, title) VALUES (?, ?)", (uri, uri)).lastrowid
    return store(database, thread, comments)


def add(database, uri, comments):
    (thread,) = database.execute("SELECT id FROM threads WHERE uri = ?", (uri,)).fetchone()
    return store(database, thread, comments)


def store(database, thread, comments):
    ids = {}
    for comment in comments:
        created = datetime.fromisoformat(comment["published"].replace("Z", "+00:00")).timestamp()
        mode = 2 if comment.get("status") == "held" else 1
        cursor = database.execute(
            "INSERT INTO comments (tid, parent, created, mode, remote_addr, text, author, email, website, voters)"
            " VALUES (?, ?, ?, ?, '127.0.0.0', ?, ?, NULL, ?, ?)",
            (
                thread,
                ids.get(comment.get("parent"), comment.get("parent")),
                created,
                mode,
                comment["content"],
                comment["name"],
                comment.get("url"),
                # What Isso stores where nobody has voted: an empty set of addresses.
                bytes(256),
            ),
        )
        ids[comment["id"]] = cursor.lastrowid
    return {seed: str(number) for seed, number in ids.items()}


def stored(database, uri):
    rows = database.execute(
        "SELECT comments.id, parent, author, text, mode FROM comments JOIN threads ON threads.id = tid"
        " WHERE uri = ? ORDER BY comments.id",
        (uri,),
    )
    return [
        {
            "id": str(number),
            "parent": None if parent is None else str(parent),
            "name": name,
            "content": text,
            "held": mode == 2,
        }
        for number, parent, name, text, mode in rows
    ]


def publish(database, id):
    database.execute("UPDATE comments SET mode = 1 WHERE id = ?", (id,))


def edit(database, id, text):
    now = datetime.now().timestamp()
    database.execute("UPDATE comments SET text = ?, modified = ? WHERE id = ?", (text, now, id))


def remove(database, id):
    database.execute("DELETE FROM comments WHERE id = ?", (id,))


ACTIONS = {"post": post, "add": add, "edit": edit, "remove": remove, "stored": stored, "publish": publish}

command = json.load(sys.stdin)
connection = sqlite3.connect(sys.argv[1], timeout=20)
with connection:
    action = ACTIONS[command.pop("action")]
    print(json.dumps(action(connection, **command)))
connection.close()
