"""The tables of a node's store, in SQL that SQLite and PostgreSQL both understand.

Every message stands once, in `log`; what is on its way out stands in `outbox`, what the journal does not have yet in
`inbox`, both by number. Numbers come from `counters`, so that they never come twice, not even after trimming. A message
is found by its digest and by the events that it is about.
"""

STORE_FORM = 1

TABLES = (
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value {NUMBER} NOT NULL)",
    "CREATE TABLE states (link TEXT NOT NULL, side TEXT NOT NULL, state {BYTES} NOT NULL, "
    "PRIMARY KEY (link, side)){COMPACT}",
    "CREATE TABLE log (number {NUMBER} PRIMARY KEY, direction TEXT NOT NULL, link TEXT NOT NULL, lane TEXT NOT NULL, "
    "sequence {NUMBER}, kind TEXT NOT NULL, digest {BYTES} NOT NULL, t_tai_ns {NUMBER} NOT NULL, "
    "message {BYTES} NOT NULL, event {BYTES} NOT NULL, note TEXT NOT NULL, event_ids TEXT NOT NULL)",
    "CREATE UNIQUE INDEX log_by_digest ON log (digest, link, direction) WHERE kind = 'report'",
    "CREATE TABLE log_events (event_id TEXT NOT NULL, number {NUMBER} NOT NULL, "
    "PRIMARY KEY (event_id, number)){COMPACT}",
    "CREATE TABLE outbox (number {NUMBER} PRIMARY KEY, link TEXT NOT NULL, lane TEXT NOT NULL)",
    "CREATE INDEX outbox_by_link ON outbox (link, number)",
    "CREATE TABLE inbox (number {NUMBER} PRIMARY KEY)",
    "CREATE TABLE received (lane TEXT NOT NULL, number {NUMBER} NOT NULL, "
    "PRIMARY KEY (number, lane)){COMPACT}",
    "CREATE TABLE journals (name TEXT PRIMARY KEY, entry {NUMBER} NOT NULL)",
    "CREATE TABLE deliveries (desk TEXT NOT NULL, number {NUMBER} NOT NULL, t_tai_ns {NUMBER} NOT NULL, "
    "PRIMARY KEY (desk, number)){COMPACT}",
    "CREATE TABLE leaves (tree TEXT NOT NULL, leaf {NUMBER} NOT NULL, body {BYTES} NOT NULL, "
    "PRIMARY KEY (tree, leaf)){COMPACT}",
    "CREATE TABLE documents (room TEXT NOT NULL, name TEXT NOT NULL, body {BYTES} NOT NULL, "
    "PRIMARY KEY (room, name))",
    "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, token {NUMBER} NOT NULL, "
    "t_until_tai_ns {NUMBER} NOT NULL)",
)  # fmt: skip
