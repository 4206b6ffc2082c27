-- Users, their sessions, and the refresh tokens of each session's family.

CREATE TABLE users (
    id            uuid        NOT NULL CONSTRAINT users_id PRIMARY KEY,
    email         text        NOT NULL CHECK (email <> ''),
    -- The form in which two spellings of one address are equal. This index decides whether an address is free: it compares bytes, so
    -- that no upgrade of the system's collations can ever spoil it.
    email_folded  text        COLLATE "C" NOT NULL CONSTRAINT users_email_folded UNIQUE,
    password_hash text        NOT NULL CHECK (password_hash <> ''),
    role          text        NOT NULL CHECK (role IN ('customer', 'staff', 'admin')),
    status        text        NOT NULL CHECK (status IN ('active', 'inactive')),
    created_at    timestamptz NOT NULL,
    version       bigint      NOT NULL CHECK (version > 0)
);

CREATE TABLE sessions (
    id                  uuid        NOT NULL CONSTRAINT sessions_id PRIMARY KEY,
    user_id             uuid        NOT NULL REFERENCES users (id),
    opened_at           timestamptz NOT NULL,
    last_used_at        timestamptz NOT NULL,
    expires_at          timestamptz NOT NULL CHECK (expires_at > last_used_at),
    ended_at            timestamptz,
    current_token_hash  bytea       NOT NULL CHECK (length(current_token_hash) = 32),
    replaced_token_hash bytea                CHECK (length(replaced_token_hash) = 32),
    replaced_at         timestamptz          CHECK ((replaced_at IS NULL) = (replaced_token_hash IS NULL)),
    version             bigint      NOT NULL CHECK (version > 0)
) WITH (fillfactor = 70); -- A session changes with each of its tokens: in the same page, no index is touched.

CREATE INDEX sessions_open ON sessions (user_id) WHERE ended_at IS NULL;

-- Every token a session ever had, so that an old one is recognised when it is used again.
CREATE TABLE refresh_tokens (
    token_hash bytea NOT NULL CONSTRAINT refresh_tokens_token_hash PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id uuid  NOT NULL REFERENCES sessions (id)
);
