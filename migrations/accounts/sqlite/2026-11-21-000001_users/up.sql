-- Users, their sessions, and the refresh tokens of each session's family. All times are microseconds since 1970.

CREATE TABLE users (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email         TEXT    NOT NULL CHECK (email <> ''),
    -- The form in which two spellings of one address are equal. This index decides whether an address is free.
    email_folded  TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL CHECK (password_hash <> ''),
    role          TEXT    NOT NULL CHECK (role IN ('customer', 'staff', 'admin')),
    status        TEXT    NOT NULL CHECK (status IN ('active', 'inactive')),
    created_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id                  BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id             BLOB    NOT NULL REFERENCES users (id),
    opened_at           INTEGER NOT NULL,
    last_used_at        INTEGER NOT NULL,
    expires_at          INTEGER NOT NULL CHECK (expires_at > last_used_at),
    ended_at            INTEGER,
    current_token_hash  BLOB    NOT NULL CHECK (length(current_token_hash) = 32),
    replaced_token_hash BLOB             CHECK (length(replaced_token_hash) = 32),
    replaced_at         INTEGER          CHECK ((replaced_at IS NULL) = (replaced_token_hash IS NULL)),
    version             INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_open ON sessions (user_id) WHERE ended_at IS NULL;

-- Every token a session ever had, so that an old one is recognised when it is used again.
CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id BLOB NOT NULL REFERENCES sessions (id)
) STRICT, WITHOUT ROWID;
