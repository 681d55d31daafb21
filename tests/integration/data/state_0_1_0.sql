-- The state database of kpibot 0.1.0, which knew no versions, as SQLite writes it; with a row or two in each table.

CREATE TABLE alert_states (
    kpi VARCHAR(80) NOT NULL,
    campus VARCHAR(80) NOT NULL,
    phase VARCHAR(20) NOT NULL,
    severity VARCHAR(20),
    since DATETIME,
    streak INTEGER NOT NULL,
    told DATETIME,
    PRIMARY KEY (kpi, campus)
);

CREATE TABLE claims (
    work VARCHAR(120) NOT NULL,
    slot DATETIME NOT NULL,
    claimed_at DATETIME NOT NULL,
    PRIMARY KEY (work, slot)
);

CREATE TABLE outbox (
    id INTEGER NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    channel VARCHAR(80) NOT NULL,
    body TEXT NOT NULL,
    state VARCHAR(20) NOT NULL,
    created_at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    attempts INTEGER NOT NULL,
    attempted_at DATETIME,
    lease_owner VARCHAR(80),
    lease_until DATETIME,
    ts VARCHAR(40),
    error TEXT,
    PRIMARY KEY (id),
    UNIQUE ("key")
);

CREATE INDEX outbox_by_state ON outbox (state, due_at);

CREATE TABLE rosters (
    id VARCHAR(32) NOT NULL,
    campuses TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE daily_readings (
    kpi VARCHAR(80) NOT NULL,
    day DATE NOT NULL,
    as_of DATETIME NOT NULL,
    roster VARCHAR(32) NOT NULL,
    value TEXT NOT NULL,
    missing TEXT NOT NULL,
    numerator TEXT NOT NULL,
    denominator TEXT NOT NULL,
    rows TEXT NOT NULL,
    valued TEXT NOT NULL,
    unplaced TEXT NOT NULL,
    waiting TEXT NOT NULL,
    newest TEXT NOT NULL,
    PRIMARY KEY (kpi, day),
    FOREIGN KEY(roster) REFERENCES rosters (id)
);

CREATE TABLE readings (
    kpi VARCHAR(80) NOT NULL,
    as_of DATETIME NOT NULL,
    roster VARCHAR(32) NOT NULL,
    value TEXT NOT NULL,
    missing TEXT NOT NULL,
    numerator TEXT NOT NULL,
    denominator TEXT NOT NULL,
    rows TEXT NOT NULL,
    valued TEXT NOT NULL,
    unplaced TEXT NOT NULL,
    waiting TEXT NOT NULL,
    newest TEXT NOT NULL,
    PRIMARY KEY (kpi, as_of),
    FOREIGN KEY(roster) REFERENCES rosters (id)
);

INSERT INTO rosters VALUES ('dddddddddddddddddddddddddddddddd', '["campus-west","campus-east"]');
INSERT INTO readings VALUES ('tickets', '2026-11-16 12:45:00.000000', 'dddddddddddddddddddddddddddddddd', '[4.0,null]', '{"campus-east":"source down"}', '[4.0,null]', '[null,null]', '[5,0]', '[5,0]', '[0,0]', '[0,0]', '[null,null]');
INSERT INTO readings VALUES ('tickets', '2026-11-16 13:00:00.000000', 'dddddddddddddddddddddddddddddddd', '[5.0,null]', '{"campus-east":"source down"}', '[5.0,null]', '[null,null]', '[5,0]', '[5,0]', '[0,0]', '[0,0]', '[null,null]');
INSERT INTO daily_readings VALUES ('tickets', '2026-11-16', '2026-11-16 13:00:00.000000', 'dddddddddddddddddddddddddddddddd', '[5.0,null]', '{"campus-east":"source down"}', '[5.0,null]', '[null,null]', '[5,0]', '[5,0]', '[0,0]', '[0,0]', '[null,null]');
INSERT INTO alert_states VALUES ('tickets', 'campus-west', 'firing', 'critical', '2026-11-16 12:45:00.000000', 2, '2026-11-16 12:45:00.000000');
INSERT INTO claims VALUES ('watch', '2026-11-16 12:45:00.000000', '2026-11-16 12:45:00.000000');
INSERT INTO claims VALUES ('digest:weekly', '2026-11-16 13:00:00.000000', '2026-11-16 13:00:00.000000');
INSERT INTO outbox ("key", channel, body, state, created_at, due_at, expires_at, attempts, attempted_at, ts)
    VALUES ('sent', 'west-tech', '{"as_of":"2026-11-16T13:00:00Z","zone":"America/Chicago","troubles":[["A message to west-tech was not delivered","is_archived"]],"mended":[]}', 'sent', '2026-11-16 12:45:00.000000', '2026-11-16 12:45:00.000000', '2026-11-19 13:00:00.000000', 1, '2026-11-16 12:45:00.000000', '1763298000.000100');
INSERT INTO outbox ("key", channel, body, state, created_at, due_at, expires_at, attempts, attempted_at, ts)
    VALUES ('in doubt', 'west-tech', '{"as_of":"2026-11-16T13:00:00Z","zone":"America/Chicago","troubles":[["A message to west-tech was not delivered","is_archived"]],"mended":[]}', 'waiting', '2026-11-16 12:45:00.000000', '2026-11-16 13:00:00.000000', '2026-11-19 13:00:00.000000', 1, '2026-11-16 12:45:00.000000', NULL);
INSERT INTO outbox ("key", channel, body, state, created_at, due_at, expires_at, attempts, attempted_at, ts)
    VALUES ('behind', 'west-tech', '{"as_of":"2026-11-16T13:00:00Z","zone":"America/Chicago","troubles":[["A message to west-tech was not delivered","is_archived"]],"mended":[]}', 'waiting', '2026-11-16 13:00:00.000000', '2026-11-16 13:00:00.000000', '2026-11-19 13:00:00.000000', 0, NULL, NULL);
