//! The lease to relay a context's events, when several processes serve one database: it is held on the database's clock.

use diesel::{QueryResult, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::columns::{Id, RowId};

/// A lease that was held when it was last checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    /// Who holds it.
    pub(crate) holder: Uuid,
    /// Increases whenever another process takes over.
    pub(crate) fence: i64,
}

/// Takes or extends the lease, for three seconds from now. `None` when another process has it. A lease of another process that ends later than three
/// seconds from now was taken before the database's clock was set back, and has not been extended since: it has lapsed.
pub(crate) async fn take(connection: &AsyncPgConnection, holder: Uuid) -> QueryResult<Option<Lease>> {
    #[derive(diesel::QueryableByName)]
    struct Taken {
        #[diesel(sql_type = BigInt)]
        fence: i64,
    }
    let taken: Vec<Taken> = diesel::sql_query(
        "INSERT INTO relay_lease (holder, fence, expires_at) VALUES ($1, 1, clock_timestamp() + interval '3 s')
         ON CONFLICT (only_one) DO UPDATE
         SET holder = excluded.holder, expires_at = excluded.expires_at,
             fence = relay_lease.fence + CASE WHEN relay_lease.holder = excluded.holder THEN 0 ELSE 1 END
         WHERE relay_lease.holder = excluded.holder OR relay_lease.expires_at < clock_timestamp()
            OR relay_lease.expires_at > clock_timestamp() + interval '3 s'
         RETURNING fence",
    )
    .bind::<Id, _>(RowId(holder))
    .load(&mut &*connection)
    .await?;
    Ok(taken.into_iter().next().map(|taken| Lease {
        holder,
        fence: taken.fence,
    }))
}

/// Gives the lease back, so that the next process need not wait for it to expire.
pub(crate) async fn give_back(connection: &AsyncPgConnection, holder: Uuid) -> QueryResult<()> {
    diesel::sql_query("UPDATE relay_lease SET expires_at = '-infinity' WHERE holder = $1")
        .bind::<Id, _>(RowId(holder))
        .execute(&mut &*connection)
        .await?;
    Ok(())
}
