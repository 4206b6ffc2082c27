//! What operators do to a context's consumers and deliveries, each deed written down with it.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult,
    dsl::exists,
    sql_query,
    sql_types::{Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use operations::actions::{ActionKind, ActionOutcome, OperatorAction};
use shared_kernel::EventId;

use crate::{
    ReadError,
    columns::{Id, RowId, UtcTime},
    delivering::pending_delivery_row::{ActionRow, PendingDeliveryRow, row_time},
    operating::postgres::{lived_time::stamp, operator_views::followers},
    schema::{consumers, deliveries, operator_actions},
};

/// Does what an operator wants, and writes it down: in one statement, since the connection is shared.
pub(crate) async fn act(
    connection: &AsyncPgConnection,
    action: &OperatorAction,
) -> Result<ActionOutcome, ReadError> {
    let done = do_and_write_down(connection, action).await? == 1;
    match action.kind {
        ActionKind::Replay { event_id } | ActionKind::Discard { event_id } => {
            about_dead_letter(connection, action, event_id, done).await
        }
        ActionKind::Pause | ActionKind::Resume if done => Ok(ActionOutcome::Done {
            followers: Vec::new(),
        }),
        ActionKind::Pause => not_changed(connection, action, "paused").await,
        ActionKind::Resume => not_changed(connection, action, "running").await,
    }
}

/// `$1` to `$6` are the action's id, time, actor, reason, consumer and event; what is done answers one row when it is.
async fn do_and_write_down(connection: &AsyncPgConnection, action: &OperatorAction) -> QueryResult<usize> {
    let deed = match action.kind {
        ActionKind::Replay { .. } => {
            "WITH done AS (UPDATE deliveries SET state = 'retrying', next_attempt_at = $2, attempts_before_replay = attempts, interruptions = 0
               WHERE consumer = $5 AND event_id = $6 AND state = 'dead' RETURNING consumer)
             INSERT INTO operator_actions (id, acted_at, actor, reason, consumer, action, event_id)
             SELECT $1, $2, $3, $4, $5, $7, $6 FROM done"
        }
        // The position moves past the delivery as well, so that what follows is no gap, and never back: what died can have been
        // applied after all.
        ActionKind::Discard { .. } => {
            concat!("WITH done AS (UPDATE deliveries SET state = 'discarded', ended_at = ", stamp!(), "
               WHERE consumer = $5 AND event_id = $6 AND state = 'dead' RETURNING consumer, aggregate_id, aggregate_version),
             moved AS (INSERT INTO consumer_positions (consumer, aggregate_id, position) SELECT * FROM done
               ON CONFLICT (consumer, aggregate_id) DO UPDATE SET position = excluded.position
                 WHERE consumer_positions.position < excluded.position)
             INSERT INTO operator_actions (id, acted_at, actor, reason, consumer, action, event_id)
             SELECT $1, $2, $3, $4, $5, $7, $6 FROM done")
        }
        ActionKind::Pause => {
            "WITH done AS (UPDATE consumers SET paused_at = $2, paused_by = $3, pause_reason = $4
               WHERE consumer = $5 AND paused_at IS NULL RETURNING consumer)
             INSERT INTO operator_actions (id, acted_at, actor, reason, consumer, action, event_id)
             SELECT $1, $2, $3, $4, $5, $7, $6 FROM done"
        }
        ActionKind::Resume => {
            "WITH done AS (UPDATE consumers SET paused_at = NULL, paused_by = NULL, pause_reason = NULL
               WHERE consumer = $5 AND paused_at IS NOT NULL RETURNING consumer)
             INSERT INTO operator_actions (id, acted_at, actor, reason, consumer, action, event_id)
             SELECT $1, $2, $3, $4, $5, $7, $6 FROM done"
        }
    };
    sql_query(deed)
        .bind::<Id, _>(RowId(action.id))
        .bind::<UtcTime, _>(row_time(action.at))
        .bind::<Text, _>(&action.by)
        .bind::<Text, _>(&action.reason)
        .bind::<Text, _>(&action.consumer)
        .bind::<Nullable<Id>, _>(action.kind.event_id().map(|id| RowId(id.uuid())))
        .bind::<Text, _>(action.kind.name())
        .execute(&mut &*connection)
        .await
}

async fn about_dead_letter(
    connection: &AsyncPgConnection,
    action: &OperatorAction,
    event_id: EventId,
    done: bool,
) -> Result<ActionOutcome, ReadError> {
    let row: Option<PendingDeliveryRow> = deliveries::table
        .find((&action.consumer, RowId(event_id.uuid())))
        .first(&mut &*connection)
        .await
        .optional()?;
    match row {
        Some(row) if done => Ok(ActionOutcome::Done {
            followers: followers(connection, &row).await?,
        }),
        Some(row) => Ok(ActionOutcome::WrongState(row.state)),
        None => Ok(ActionOutcome::NotFound),
    }
}

async fn not_changed(
    connection: &AsyncPgConnection,
    action: &OperatorAction,
    state: &str,
) -> Result<ActionOutcome, ReadError> {
    let known: bool = diesel::select(exists(consumers::table.find(&action.consumer)))
        .get_result(&mut &*connection)
        .await?;
    Ok(if known {
        ActionOutcome::WrongState(state.to_owned())
    } else {
        ActionOutcome::NotFound
    })
}

/// What operators did, the latest first.
pub(crate) async fn actions(
    connection: &AsyncPgConnection,
    limit: u32,
) -> Result<Vec<OperatorAction>, ReadError> {
    operator_actions::table
        .order((operator_actions::acted_at.desc(), operator_actions::id.desc()))
        .limit(i64::from(limit))
        .load::<ActionRow>(&mut &*connection)
        .await?
        .into_iter()
        .map(ActionRow::into_action)
        .collect()
}
