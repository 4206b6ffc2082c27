DROP INDEX users_active_admins;
DROP INDEX refresh_tokens_session;
DROP INDEX sessions_opened;
DROP INDEX sessions_ended;
