//! The tables `sessions` and `refresh_tokens`: the changes of the sessions of a batch.

mod reading;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use storage::{columns::RowId, postgres::BatchStatement};

use crate::session_row::{EndOfAll, SessionRow, SessionWrite};

pub(super) use reading::{read, read_by_token, read_open, read_status};

/// A session that is opened, and the version that its user must have.
type Opened<'a> = (usize, &'a SessionRow, i64);
/// A session that is changed, as it was loaded.
type Changed<'a> = (usize, &'a SessionRow);

/// Writes the changes of the sessions of a batch, and ends all sessions of the users of `ends` that are open by then. Returns the places of those
/// whose session, or its user, another transaction has changed.
pub(super) async fn write(
    writes: Vec<(usize, &SessionWrite)>,
    ends: &[&EndOfAll],
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    let (mut opened, mut rotated, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    for (place, write) in writes {
        match write {
            SessionWrite::Open { row, user_version } => opened.push((place, row, *user_version)),
            SessionWrite::ReplaceToken(row) => rotated.push((place, row)),
            SessionWrite::End(row) => ended.push((place, row)),
        }
    }
    let mut stale = hold_users(&opened, connection).await?;
    let kinds = [rotated.is_empty(), ended.is_empty(), ends.is_empty()];
    if kinds.into_iter().filter(|is_empty| !is_empty).count() > 1 {
        let changed = rotated.iter().chain(&ended).map(|(_, row)| row.id);
        lock(changed, ends, connection).await?;
    }
    stale.extend(rotate(&rotated, connection).await?);
    stale.extend(end(&ended, connection).await?);
    if stale.is_empty() {
        let new: Vec<_> = opened.iter().map(|(_, row, _)| *row).collect();
        insert(&new, connection).await?;
        let with_new_token: Vec<_> = new
            .into_iter()
            .chain(rotated.iter().map(|(_, row)| *row))
            .collect();
        add_tokens(&with_new_token, connection).await?;
        end_all(ends, connection).await?;
    }
    Ok(stale)
}

/// Locks these sessions and the open ones of these users in the order of their ids, for a batch that does more than one thing to sessions.
async fn lock(
    ids: impl Iterator<Item = RowId>,
    ends: &[&EndOfAll],
    connection: &AsyncPgConnection,
) -> QueryResult<()> {
    BatchStatement::new("SELECT 1 FROM sessions WHERE id = ANY (")
        .ids(ids)
        .then(") OR ended_at IS NULL AND user_id = ANY (")
        .ids(ends.iter().map(|end| end.user_id))
        .then(") ORDER BY id FOR NO KEY UPDATE")
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks the users of the opened sessions until the commit. A foreign key alone would not: it lets a user change in all but the id.
async fn hold_users(opened: &[Opened<'_>], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
    if opened.is_empty() {
        return Ok(Vec::new());
    }
    BatchStatement::new("SELECT opened.id FROM users JOIN unnest(")
        .ids(opened.iter().map(|(_, row, _)| row.id))
        .ids(opened.iter().map(|(_, row, _)| row.user_id))
        .numbers(opened.iter().map(|(_, _, user_version)| *user_version))
        .then(
            ") AS opened (id, user_id, user_version) \
             ON users.id = opened.user_id AND users.version = opened.user_version ORDER BY users.id FOR SHARE OF users",
        )
        .stale(opened.iter().map(|(place, row, _)| (*place, row.id)), connection)
        .await
}

async fn insert(rows: &[&SessionRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO sessions (id, user_id, opened_at, last_used_at, expires_at, ended_at, current_token_hash, \
         replaced_token_hash, replaced_at, version) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.id))
    .ids(rows.iter().map(|row| row.user_id))
    .times(rows.iter().map(|row| row.opened_at))
    .times(rows.iter().map(|row| row.last_used_at))
    .times(rows.iter().map(|row| row.expires_at))
    .optional_times(rows.iter().map(|row| row.ended_at))
    .bytes(rows.iter().map(|row| row.current_token_hash.clone()))
    .optional_bytes(rows.iter().map(|row| row.replaced_token_hash.clone()))
    .optional_times(rows.iter().map(|row| row.replaced_at))
    .numbers(rows.iter().map(|row| row.version))
    .then(") ORDER BY 1")
    .execute(connection)
    .await?;
    Ok(())
}

async fn add_tokens(rows: &[&SessionRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new("INSERT INTO refresh_tokens (token_hash, session_id) SELECT * FROM unnest(")
        .bytes(rows.iter().map(|row| row.current_token_hash.clone()))
        .ids(rows.iter().map(|row| row.id))
        .then(") ORDER BY 1")
        .execute(connection)
        .await?;
    Ok(())
}

async fn rotate(rotated: &[Changed<'_>], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
    if rotated.is_empty() {
        return Ok(Vec::new());
    }
    let rows = || rotated.iter().map(|(_, row)| *row);
    BatchStatement::new(
        "UPDATE sessions SET last_used_at = new.last_used_at, expires_at = new.expires_at, \
         current_token_hash = new.current_token_hash, replaced_token_hash = new.replaced_token_hash, \
         replaced_at = new.replaced_at, version = sessions.version + 1 FROM (SELECT new.* FROM sessions JOIN unnest(",
    )
    .ids(rows().map(|row| row.id))
    .numbers(rows().map(|row| row.version))
    .times(rows().map(|row| row.last_used_at))
    .times(rows().map(|row| row.expires_at))
    .bytes(rows().map(|row| row.current_token_hash.clone()))
    .optional_bytes(rows().map(|row| row.replaced_token_hash.clone()))
    .optional_times(rows().map(|row| row.replaced_at))
    .then(
        ") AS new (id, loaded_version, last_used_at, expires_at, current_token_hash, replaced_token_hash, replaced_at) \
         ON sessions.id = new.id AND sessions.version = new.loaded_version \
         ORDER BY sessions.id FOR NO KEY UPDATE OF sessions) AS new \
         WHERE sessions.id = new.id AND sessions.version = new.loaded_version RETURNING sessions.id",
    )
    .stale(rotated.iter().map(|(place, row)| (*place, row.id)), connection)
    .await
}

async fn end(ended: &[Changed<'_>], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    BatchStatement::new(
        "UPDATE sessions SET ended_at = new.ended_at, version = sessions.version + 1 FROM (\
         SELECT new.* FROM sessions JOIN unnest(",
    )
    .ids(ended.iter().map(|(_, row)| row.id))
    .numbers(ended.iter().map(|(_, row)| row.version))
    .optional_times(ended.iter().map(|(_, row)| row.ended_at))
    .then(
        ") AS new (id, loaded_version, ended_at) ON sessions.id = new.id AND sessions.version = new.loaded_version \
         ORDER BY sessions.id FOR NO KEY UPDATE OF sessions) AS new \
         WHERE sessions.id = new.id AND sessions.version = new.loaded_version RETURNING sessions.id",
    )
    .stale(ended.iter().map(|(place, row)| (*place, row.id)), connection)
    .await
}

/// Ends all sessions of these users that are open by now.
async fn end_all(ends: &[&EndOfAll], connection: &AsyncPgConnection) -> QueryResult<()> {
    if ends.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "UPDATE sessions SET ended_at = open.at, version = sessions.version + 1 FROM (\
         SELECT sessions.id, new.at FROM sessions JOIN unnest(",
    )
    .ids(ends.iter().map(|end| end.user_id))
    .optional_ids(ends.iter().map(|end| end.keep))
    .times(ends.iter().map(|end| end.at))
    .then(
        ") AS new (user_id, keep, at) ON sessions.user_id = new.user_id \
             AND sessions.ended_at IS NULL AND sessions.id IS DISTINCT FROM new.keep \
             ORDER BY sessions.id FOR NO KEY UPDATE OF sessions) AS open WHERE sessions.id = open.id",
    )
    .execute(connection)
    .await?;
    Ok(())
}
