CREATE TABLE request (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    asked_by TEXT NOT NULL,
    options TEXT NOT NULL,
    settings TEXT NOT NULL,
    picked_up REAL
);
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES request(id),
    key TEXT NOT NULL,
    at REAL NOT NULL,
    time_limit REAL,
    time_limit_text TEXT NOT NULL,
    previous TEXT,
    status TEXT,
    finished REAL,
    cleared REAL
);
CREATE INDEX run_key ON run(key, id);
CREATE INDEX run_unfinished ON run(finished) WHERE finished IS NULL;
CREATE TABLE asked (
    request INTEGER NOT NULL REFERENCES request(id),
    run INTEGER NOT NULL REFERENCES run(id),
    position INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (request, run)
);
CREATE TABLE migration (
    run INTEGER NOT NULL REFERENCES run(id),
    n INTEGER NOT NULL,
    vios TEXT NOT NULL,
    core TEXT NOT NULL,
    status TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    argv TEXT,
    command_out INTEGER NOT NULL DEFAULT 0,
    rc INTEGER,
    stdout TEXT,
    stderr TEXT,
    started REAL,
    finished REAL,
    level_old TEXT,
    level_new TEXT,
    PRIMARY KEY (run, n)
);
CREATE INDEX migration_out ON migration(command_out) WHERE command_out = 1;
CREATE TABLE phase (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    n INTEGER NOT NULL,
    vios TEXT NOT NULL,
    phase TEXT NOT NULL,
    since REAL NOT NULL,
    until REAL
);
CREATE INDEX phase_vios ON phase(vios, phase, until);
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run(id),
    vios TEXT NOT NULL,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    tag TEXT NOT NULL,
    data TEXT NOT NULL,
    message TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX event_run ON event(run, id);
CREATE INDEX event_unsent ON event(id) WHERE sent = 0;
CREATE TABLE hold (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since REAL NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL
);
