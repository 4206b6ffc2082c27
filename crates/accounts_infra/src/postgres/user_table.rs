//! The table `users`.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use shared_kernel::UserId;
use storage::{ReadError, RowWrite, columns::RowId, postgres::BatchStatement};

use crate::schema::users;
use crate::user_row::{UserRow, UserWrite};

/// Writes the users of a batch. Returns the places of those that another transaction has changed since they were loaded.
pub(super) async fn write(
    writes: Vec<(usize, &UserWrite)>,
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (place, write) in writes {
        match write.write {
            RowWrite::Insert => new.push(&write.row),
            RowWrite::Update { loaded_version } => changed.push((place, &write.row, loaded_version)),
        }
    }
    insert(&new, connection).await?;
    update(&changed, connection).await
}

/// Locks these users in the order of their ids, for a batch that does more than one thing to users.
pub(super) async fn lock(
    ids: impl IntoIterator<Item = RowId>,
    connection: &AsyncPgConnection,
) -> QueryResult<()> {
    BatchStatement::new("SELECT 1 FROM users WHERE id = ANY (")
        .ids(ids)
        .then(") ORDER BY id FOR UPDATE")
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert(rows: &[&UserRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO users (id, email, email_folded, password_hash, role, status, created_at, version) \
         SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.id))
    .texts(rows.iter().map(|row| row.email.clone()))
    .texts(rows.iter().map(|row| row.email_folded.clone()))
    .texts(rows.iter().map(|row| row.password_hash.clone()))
    .texts(rows.iter().map(|row| row.role.clone()))
    .texts(rows.iter().map(|row| row.status.clone()))
    .times(rows.iter().map(|row| row.created_at))
    .numbers(rows.iter().map(|row| row.version))
    // Two users may want the same address at the same time.
    .then(") ORDER BY 3")
    .execute(connection)
    .await?;
    Ok(())
}

async fn update(rows: &[(usize, &UserRow, i64)], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let each = || rows.iter().map(|(_, row, _)| *row);
    BatchStatement::new(
        "UPDATE users SET email = new.email, email_folded = new.email_folded, \
         password_hash = new.password_hash, role = new.role, status = new.status, version = new.version FROM (\
         SELECT new.* FROM users JOIN unnest(",
    )
    .ids(each().map(|row| row.id))
    .numbers(rows.iter().map(|(_, _, loaded_version)| *loaded_version))
    .texts(each().map(|row| row.email.clone()))
    .texts(each().map(|row| row.email_folded.clone()))
    .texts(each().map(|row| row.password_hash.clone()))
    .texts(each().map(|row| row.role.clone()))
    .texts(each().map(|row| row.status.clone()))
    .numbers(each().map(|row| row.version))
    .then(
        ") AS new (id, loaded_version, email, email_folded, password_hash, role, status, version) \
         ON users.id = new.id AND users.version = new.loaded_version ORDER BY users.id FOR UPDATE OF users) AS new \
         WHERE users.id = new.id AND users.version = new.loaded_version RETURNING users.id",
    )
    .stale(rows.iter().map(|(place, row, _)| (*place, row.id)), connection)
    .await
}

pub(super) async fn read(
    id: UserId,
    mut connection: &AsyncPgConnection,
) -> Result<Option<UserRow>, ReadError> {
    let user = users::table.find(RowId(id.uuid()));
    Ok(user.first(&mut connection).await.optional()?)
}

pub(super) async fn read_by_email(
    folded: &str,
    mut connection: &AsyncPgConnection,
) -> Result<Option<UserRow>, ReadError> {
    let user = users::table.filter(users::email_folded.eq(folded));
    Ok(user.first(&mut connection).await.optional()?)
}
