//! Positions, beginnings and held deliveries of a context's consumers.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper, SqliteConnection, alias,
    dsl::{exists, min, not, sql},
    expression::SqlLiteral,
    insert_into, replace_into,
    sql_types::Bool,
    update,
};
use message_bus::{CommitError, Delivery, DeliveryState, HeldDelivery, Standing};
use shared_kernel::{EventId, Timestamp, Version};

use super::{
    ReadError,
    columns::{uuid_from_blob, uuid_to_blob},
    errors::WriteFailure,
    event_log::to_version,
    schema::{consumer_positions, consumers, deliveries},
};

/// Spelt as the index `deliveries_unfinished` has it: SQLite takes a partial index only when the text alone says that it may.
fn unfinished() -> SqlLiteral<Bool> {
    sql("state <> 'done'")
}

/// Moves a consumer's position, in the transaction of the effect. Looks first: the transaction holds the
/// write lock, so nothing can come in between.
pub(super) fn move_position(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
) -> Result<(), WriteFailure> {
    let aggregate = uuid_to_blob(delivery.aggregate_id);
    let key = consumer_positions::table.find((delivery.consumer, &aggregate));
    let found: Option<i64> = key
        .select(consumer_positions::position)
        .first(connection)
        .optional()?;
    let position = found.map_or(0, |position| position);
    let version = i64::from(delivery.version.number());
    if version <= position {
        return Err(WriteFailure::Alone(CommitError::AlreadyApplied));
    }
    if i64::from(delivery.previous_version.number()) > position {
        return Err(WriteFailure::Alone(CommitError::DeliveryGap {
            position: Version::new(u32::try_from(position).unwrap_or(u32::MAX)),
            previous: delivery.previous_version,
        }));
    }
    if found.is_some() {
        update(key)
            .set(consumer_positions::position.eq(version))
            .execute(connection)?;
    } else {
        insert_into(consumer_positions::table)
            .values((
                consumer_positions::consumer.eq(delivery.consumer),
                consumer_positions::aggregate_id.eq(&aggregate),
                consumer_positions::position.eq(version),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// What a consumer knows about the delivery's aggregate.
pub(super) fn standing(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
) -> Result<Standing, ReadError> {
    let aggregate = uuid_to_blob(delivery.aggregate_id);
    let position: Option<i64> = consumer_positions::table
        .find((delivery.consumer, &aggregate))
        .select(consumer_positions::position)
        .first(connection)
        .optional()?;
    let held_from: Option<i64> = deliveries::table
        .filter(deliveries::consumer.eq(delivery.consumer))
        .filter(deliveries::aggregate_id.eq(&aggregate))
        .filter(unfinished())
        .select(min(deliveries::aggregate_version))
        .first(connection)?;
    Ok(Standing {
        position: to_version(position.unwrap_or(0))?,
        held_from: held_from.map(to_version).transpose()?,
    })
}

/// The sequence after which a consumer takes events; `None` when it never started.
pub(super) fn begins_after(
    connection: &mut SqliteConnection,
    consumer: &str,
) -> Result<Option<i64>, ReadError> {
    Ok(consumers::table
        .find(consumer)
        .select(consumers::begins_after)
        .first(connection)
        .optional()?)
}

/// Records where a consumer begins. The first record stands.
pub(super) fn begin(
    connection: &mut SqliteConnection,
    consumer: &str,
    source: &str,
    begins_after: i64,
    now: i64,
) -> diesel::QueryResult<()> {
    insert_into(consumers::table)
        .values((
            consumers::consumer.eq(consumer),
            consumers::source.eq(source),
            consumers::begins_after.eq(begins_after),
            consumers::first_started_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct HeldRow {
    consumer: String,
    event_id: Vec<u8>,
    aggregate_id: Vec<u8>,
    aggregate_version: i64,
    previous_version: i64,
    state: String,
    attempts: i64,
    next_attempt_at: Option<i64>,
    last_error: Option<String>,
    envelope: String,
}

impl HeldRow {
    /// A held delivery as its row.
    pub(super) fn new(held: &HeldDelivery) -> Result<Self, serde_json::Error> {
        Ok(Self {
            consumer: held.delivery.consumer.to_owned(),
            event_id: uuid_to_blob(held.delivery.event_id.uuid()),
            aggregate_id: uuid_to_blob(held.delivery.aggregate_id),
            aggregate_version: i64::from(held.delivery.version.number()),
            previous_version: i64::from(held.delivery.previous_version.number()),
            state: held.state.name().to_owned(),
            attempts: i64::from(held.attempts),
            next_attempt_at: match held.state {
                DeliveryState::Retrying { next_attempt_at } => Some(next_attempt_at.as_microseconds()),
                DeliveryState::Done | DeliveryState::Waiting | DeliveryState::Dead => None,
            },
            last_error: held.last_error.clone(),
            envelope: serde_json::to_string(&held.envelope)?,
        })
    }

    /// Writes the row, or replaces it.
    pub(super) fn write(&self, connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
        replace_into(deliveries::table).values(self).execute(connection)?;
        Ok(())
    }

    fn into_held(self, consumer: &'static str) -> Result<HeldDelivery, ReadError> {
        let state = match (self.state.as_str(), self.next_attempt_at) {
            ("retrying", Some(time)) => DeliveryState::Retrying {
                next_attempt_at: Timestamp::from_microseconds(time).map_err(ReadError::corrupt)?,
            },
            ("waiting", None) => DeliveryState::Waiting,
            ("dead", None) => DeliveryState::Dead,
            ("done", None) => DeliveryState::Done,
            (other, _) => return Err(ReadError::corrupt(format!("delivery state {other:?}"))),
        };
        Ok(HeldDelivery {
            delivery: Delivery {
                consumer,
                event_id: EventId::new(uuid_from_blob(&self.event_id)?),
                aggregate_id: uuid_from_blob(&self.aggregate_id)?,
                version: to_version(self.aggregate_version)?,
                previous_version: to_version(self.previous_version)?,
            },
            envelope: serde_json::from_str(&self.envelope).map_err(ReadError::corrupt)?,
            attempts: u32::try_from(self.attempts).map_err(ReadError::corrupt)?,
            state,
            last_error: self.last_error,
        })
    }
}

/// The deliveries of a consumer that may be attempted now: the earliest held one of each aggregate, if it is
/// waiting (then what it waited for is done) or its time has come.
pub(super) fn due(
    connection: &mut SqliteConnection,
    consumer: &'static str,
    now: i64,
    limit: u32,
) -> Result<Vec<HeldDelivery>, ReadError> {
    let earlier = alias!(deliveries as earlier);
    let something_earlier = earlier
        .filter(earlier.field(deliveries::consumer).eq(deliveries::consumer))
        .filter(
            earlier
                .field(deliveries::aggregate_id)
                .eq(deliveries::aggregate_id),
        )
        .filter(sql::<Bool>("earlier.state <> 'done'"))
        .filter(
            earlier
                .field(deliveries::aggregate_version)
                .lt(deliveries::aggregate_version),
        );
    deliveries::table
        .filter(deliveries::consumer.eq(consumer))
        .filter(
            deliveries::state.eq("waiting").nullable().or(deliveries::state
                .eq("retrying")
                .nullable()
                .and(deliveries::next_attempt_at.le(now))),
        )
        .filter(unfinished())
        .filter(not(exists(something_earlier)))
        .order(deliveries::next_attempt_at)
        .limit(i64::from(limit))
        .select(HeldRow::as_select())
        .load(connection)?
        .into_iter()
        .map(|row| row.into_held(consumer))
        .collect()
}

/// How many deliveries are retrying or waiting.
pub(super) fn count_unfinished(connection: &mut SqliteConnection) -> Result<u64, ReadError> {
    let count: i64 = deliveries::table
        .filter(unfinished())
        .filter(deliveries::state.ne("dead"))
        .count()
        .get_result(connection)?;
    u64::try_from(count).map_err(ReadError::corrupt)
}
