//! What operators do to a context's consumers and deliveries, each deed written down with it, in one transaction.

use operations::actions::{ActionKind, ActionOutcome, OperatorAction};
use shared_kernel::EventId;

use crate::{
    ReadError,
    any_connection::AnyConnection,
    columns::{RowId, row_time},
    delivering::pending_delivery_row::ActionRow,
    operating::operator_views::{followers, row_of},
    statement::Statement,
};

/// Does what an operator asks for, and records it.
pub(crate) async fn act(
    connection: &mut AnyConnection<'_>,
    action: OperatorAction,
) -> Result<ActionOutcome, ReadError> {
    let done = connection.execute(deed(connection, &action)).await? == 1;
    if done {
        write_down(connection, &action).await?;
    }
    match action.kind {
        ActionKind::Replay { event_id } => about_dead_letter(connection, &action, event_id, done).await,
        ActionKind::Discard { event_id } => {
            if done {
                pass(connection, &action, event_id).await?;
            }
            about_dead_letter(connection, &action, event_id, done).await
        }
        ActionKind::Pause | ActionKind::Resume if done => Ok(ActionOutcome::Done {
            followers: Vec::new(),
        }),
        ActionKind::Pause => not_changed(connection, &action, "paused").await,
        ActionKind::Resume => not_changed(connection, &action, "running").await,
    }
}

/// What is wanted, as a statement that changes one row where it can be done.
fn deed(connection: &AnyConnection<'_>, action: &OperatorAction) -> Statement {
    let (at, consumer) = (row_time(action.at), action.consumer.as_str());
    match action.kind {
        ActionKind::Replay { event_id } => Statement::new(
            "UPDATE deliveries SET state = 'retrying', next_attempt_at = $1, attempts_before_replay = attempts, interruptions = 0
             WHERE consumer = $2 AND event_id = $3 AND state = 'dead'",
        )
        .bind(at)
        .bind(consumer)
        .bind(RowId(event_id.uuid())),
        ActionKind::Discard { event_id } => Statement::new(match connection {
            AnyConnection::Sqlite(_) => {
                "UPDATE deliveries SET state = 'discarded', ended_at = max($1, coalesce((SELECT stamps_from FROM lived_time), $1))
                 WHERE consumer = $2 AND event_id = $3 AND state = 'dead'"
            }
            AnyConnection::Postgres(_) => concat!(
                "UPDATE deliveries SET state = 'discarded', ended_at = ",
                crate::operating::postgres::lived_time::stamp!(),
                " WHERE consumer = $2 AND event_id = $3 AND state = 'dead'"
            ),
        })
        .bind(at)
        .bind(consumer)
        .bind(RowId(event_id.uuid())),
        ActionKind::Pause => Statement::new(
            "UPDATE consumers SET paused_at = $1, paused_by = $2, pause_reason = $3 WHERE consumer = $4 AND paused_at IS NULL",
        )
        .bind(at)
        .bind(action.by.as_str())
        .bind(action.reason.as_str())
        .bind(consumer),
        ActionKind::Resume => Statement::new(
            "UPDATE consumers SET paused_at = NULL, paused_by = NULL, pause_reason = NULL WHERE consumer = $1 AND paused_at IS NOT NULL",
        )
        .bind(consumer),
    }
}

/// Moves the position past a discarded delivery, so that what follows is no gap, and never back: what died can have been applied after all.
async fn pass(
    connection: &mut AnyConnection<'_>,
    action: &OperatorAction,
    event_id: EventId,
) -> Result<(), ReadError> {
    let statement = Statement::new(
        "INSERT INTO consumer_positions (consumer, aggregate_id, position)
         SELECT consumer, aggregate_id, aggregate_version FROM deliveries WHERE consumer = $1 AND event_id = $2
         ON CONFLICT (consumer, aggregate_id) DO UPDATE SET position = excluded.position
             WHERE consumer_positions.position < excluded.position",
    );
    let statement = statement
        .bind(action.consumer.as_str())
        .bind(RowId(event_id.uuid()));
    connection.execute(statement).await?;
    Ok(())
}

async fn write_down(connection: &mut AnyConnection<'_>, action: &OperatorAction) -> Result<(), ReadError> {
    let statement = Statement::new(
        "INSERT INTO operator_actions (id, acted_at, actor, reason, consumer, action, event_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    let statement = statement
        .bind(RowId(action.id))
        .bind(row_time(action.at))
        .bind(action.by.as_str())
        .bind(action.reason.as_str())
        .bind(action.consumer.as_str())
        .bind(action.kind.name())
        .bind(action.kind.event_id().map(|id| RowId(id.uuid())));
    connection.execute(statement).await?;
    Ok(())
}

async fn about_dead_letter(
    connection: &mut AnyConnection<'_>,
    action: &OperatorAction,
    event_id: EventId,
    done: bool,
) -> Result<ActionOutcome, ReadError> {
    match row_of(connection, &action.consumer, RowId(event_id.uuid())).await? {
        Some(row) if done => Ok(ActionOutcome::Done {
            followers: followers(connection, &row).await?,
        }),
        Some(row) => Ok(ActionOutcome::WrongState(row.state)),
        None => Ok(ActionOutcome::NotFound),
    }
}

async fn not_changed(
    connection: &mut AnyConnection<'_>,
    action: &OperatorAction,
    state: &str,
) -> Result<ActionOutcome, ReadError> {
    let known = Statement::new("SELECT count(*) AS number FROM consumers WHERE consumer = $1");
    let known = connection.numbers(known.bind(action.consumer.as_str())).await?;
    Ok(if known == [1] {
        ActionOutcome::WrongState(state.to_owned())
    } else {
        ActionOutcome::NotFound
    })
}

/// What operators did, the latest first.
pub(crate) async fn actions(
    connection: &mut AnyConnection<'_>,
    limit: u32,
) -> Result<Vec<OperatorAction>, ReadError> {
    let statement = Statement::new("SELECT * FROM operator_actions ORDER BY acted_at DESC, id DESC LIMIT $1");
    let rows: Vec<ActionRow> = connection.load(statement.bind(limit)).await?;
    rows.into_iter().map(ActionRow::into_action).collect()
}
