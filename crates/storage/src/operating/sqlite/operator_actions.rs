//! What operators do to a context's consumers and deliveries, each deed written down with it.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, dsl::exists,
    insert_into, update,
};
use operations::actions::{ActionKind, ActionOutcome, OperatorAction};
use shared_kernel::EventId;

use crate::{
    ReadError,
    columns::{RowId, RowTime},
    delivering::pending_delivery_row::{ActionRow, PendingDeliveryRow, row_time},
    operating::sqlite::{lived_time, operator_views::followers},
    schema::{consumer_positions, consumers, deliveries, operator_actions},
};

/// Does what an operator wants, and writes it down.
pub(crate) fn act(
    connection: &mut SqliteConnection,
    action: &OperatorAction,
) -> Result<ActionOutcome, ReadError> {
    let outcome = match action.kind {
        ActionKind::Replay { event_id } => with_dead_letter(connection, action, event_id, replay)?,
        ActionKind::Discard { event_id } => with_dead_letter(connection, action, event_id, discard)?,
        ActionKind::Pause => pause(connection, action)?,
        ActionKind::Resume => resume(connection, action)?,
    };
    if matches!(outcome, ActionOutcome::Done { .. }) {
        write_down(connection, action)?;
    }
    Ok(outcome)
}

type Deed = fn(&mut SqliteConnection, &OperatorAction, &PendingDeliveryRow) -> QueryResult<()>;

fn with_dead_letter(
    connection: &mut SqliteConnection,
    action: &OperatorAction,
    event_id: EventId,
    deed: Deed,
) -> Result<ActionOutcome, ReadError> {
    let row: Option<PendingDeliveryRow> = deliveries::table
        .find((&action.consumer, RowId(event_id.uuid())))
        .first(connection)
        .optional()?;
    match row {
        None => Ok(ActionOutcome::NotFound),
        Some(row) if row.state == "dead" => {
            deed(connection, action, &row)?;
            let followers = followers(connection, &row)?;
            Ok(ActionOutcome::Done { followers })
        }
        Some(row) => Ok(ActionOutcome::WrongState(row.state)),
    }
}

fn replay(
    connection: &mut SqliteConnection,
    action: &OperatorAction,
    row: &PendingDeliveryRow,
) -> QueryResult<()> {
    update(deliveries::table.find((&row.consumer, row.event_id)))
        .set((
            deliveries::state.eq("retrying"),
            deliveries::next_attempt_at.eq(row_time(action.at)),
            deliveries::attempts_before_replay.eq(deliveries::attempts),
            deliveries::interruptions.eq(0),
        ))
        .execute(connection)?;
    Ok(())
}

/// Moves the position past the delivery as well, so that what follows is no gap, and never back: what died can have been applied after all.
fn discard(
    connection: &mut SqliteConnection,
    action: &OperatorAction,
    row: &PendingDeliveryRow,
) -> QueryResult<()> {
    let ended_at = lived_time::stamp(connection, row_time(action.at))?;
    update(deliveries::table.find((&row.consumer, row.event_id)))
        .set((
            deliveries::state.eq("discarded"),
            deliveries::ended_at.eq(ended_at),
        ))
        .execute(connection)?;
    insert_into(consumer_positions::table)
        .values((
            consumer_positions::consumer.eq(&row.consumer),
            consumer_positions::aggregate_id.eq(row.aggregate_id),
            consumer_positions::position.eq(row.aggregate_version),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    update(consumer_positions::table.find((&row.consumer, row.aggregate_id)))
        .filter(consumer_positions::position.lt(row.aggregate_version))
        .set(consumer_positions::position.eq(row.aggregate_version))
        .execute(connection)?;
    Ok(())
}

fn pause(connection: &mut SqliteConnection, action: &OperatorAction) -> Result<ActionOutcome, ReadError> {
    let paused = update(consumers::table.find(&action.consumer))
        .filter(consumers::paused_at.is_null())
        .set((
            consumers::paused_at.eq(row_time(action.at)),
            consumers::paused_by.eq(&action.by),
            consumers::pause_reason.eq(&action.reason),
        ))
        .execute(connection)?;
    changed_or(connection, action, paused, "paused")
}

fn resume(connection: &mut SqliteConnection, action: &OperatorAction) -> Result<ActionOutcome, ReadError> {
    let resumed = update(consumers::table.find(&action.consumer))
        .filter(consumers::paused_at.is_not_null())
        .set((
            consumers::paused_at.eq(None::<RowTime>),
            consumers::paused_by.eq(None::<String>),
            consumers::pause_reason.eq(None::<String>),
        ))
        .execute(connection)?;
    changed_or(connection, action, resumed, "running")
}

fn changed_or(
    connection: &mut SqliteConnection,
    action: &OperatorAction,
    changed: usize,
    state: &str,
) -> Result<ActionOutcome, ReadError> {
    if changed == 1 {
        return Ok(ActionOutcome::Done {
            followers: Vec::new(),
        });
    }
    let known: bool =
        diesel::select(exists(consumers::table.find(&action.consumer))).get_result(connection)?;
    Ok(if known {
        ActionOutcome::WrongState(state.to_owned())
    } else {
        ActionOutcome::NotFound
    })
}

fn write_down(connection: &mut SqliteConnection, action: &OperatorAction) -> QueryResult<()> {
    insert_into(operator_actions::table)
        .values((
            operator_actions::id.eq(RowId(action.id)),
            operator_actions::acted_at.eq(row_time(action.at)),
            operator_actions::actor.eq(&action.by),
            operator_actions::reason.eq(&action.reason),
            operator_actions::consumer.eq(&action.consumer),
            operator_actions::action.eq(action.kind.name()),
            operator_actions::event_id.eq(action.kind.event_id().map(|id| RowId(id.uuid()))),
        ))
        .execute(connection)?;
    Ok(())
}

/// What operators did, the latest first.
pub(crate) fn actions(
    connection: &mut SqliteConnection,
    limit: u32,
) -> Result<Vec<OperatorAction>, ReadError> {
    operator_actions::table
        .order((operator_actions::acted_at.desc(), operator_actions::id.desc()))
        .limit(i64::from(limit))
        .load::<ActionRow>(connection)?
        .into_iter()
        .map(ActionRow::into_action)
        .collect()
}
