"""The tables of a ledger in SQLite, and the statements that name their columns."""

from __future__ import annotations

from typing import Final

APPLICATION: Final = 0x534C4544


VERSION: Final = 3


SCHEMA: Final = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
CREATE TABLE job (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    plan TEXT, baseline_id INTEGER, began_at REAL, lost_creates INTEGER NOT NULL, to_sweep INTEGER NOT NULL,
    waited REAL NOT NULL, applied_plan TEXT
);
CREATE TABLE campaigns (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    client_id INTEGER,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    campaign_id INTEGER UNIQUE,
    creates INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    adopted INTEGER NOT NULL,
    signature TEXT,
    copy_of INTEGER,
    copy_name TEXT,
    is_template INTEGER NOT NULL,
    was_started INTEGER NOT NULL,
    leads TEXT NOT NULL,
    steps TEXT NOT NULL,
    error TEXT,
    updated_at REAL NOT NULL
);
CREATE TABLE contents (digest TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE leads (
    key TEXT NOT NULL, number INTEGER NOT NULL, entries BLOB NOT NULL, is_done INTEGER NOT NULL,
    PRIMARY KEY (key, number)
);
CREATE TABLE requests (sent_at REAL NOT NULL);
CREATE TABLE file (in_wal INTEGER NOT NULL);
INSERT INTO file VALUES (0);
CREATE INDEX campaigns_by_state ON campaigns (state, position);
"""  # noqa: S608 - our own numbers


JOB_COLUMNS: Final = "plan, baseline_id, began_at, lost_creates, to_sweep, waited, applied_plan"


COLUMNS: Final = (
    "key",
    "name",
    "client_id",
    "fingerprint",
    "state",
    "campaign_id",
    "creates",
    "lost",
    "adopted",
    "signature",
    "copy_of",
    "copy_name",
    "is_template",
    "was_started",
    "leads",
    "steps",
    "error",
    "updated_at",
)


SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM campaigns"  # noqa: S608 - our own column names


UPSERT: Final = (
    f"INSERT INTO campaigns ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (key) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in COLUMNS[1:])}"
)


HEADS_PAGE: Final = 5000


HEADS: Final = (
    "SELECT position, leads, state, signature IS NOT NULL, lost - adopted, key, name, client_id, "  # noqa: S608
    "fingerprint, campaign_id, copy_name "
    f"FROM campaigns WHERE position > ? ORDER BY position LIMIT {HEADS_PAGE}"
)
