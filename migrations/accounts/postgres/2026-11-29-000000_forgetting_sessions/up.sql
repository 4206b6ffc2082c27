-- Sessions that are over are forgotten with their tokens. None of these indexes has a column that changes when a token is replaced.

CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX sessions_opened ON sessions (opened_at) WHERE ended_at IS NULL;

CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Few are admins, and each of them who is to stop being one has to leave another.
CREATE INDEX users_active_admins ON users (id) WHERE role = 'admin' AND status = 'active';
