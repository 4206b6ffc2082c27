//! What does not hold, as findings, from rows on any engine.

use operations::invariants::{Finding, Told};
use shared_kernel::Version;
use uuid::Uuid;

use crate::{AggregateTable, ReadError, columns::RowId, event_log::event_row::to_version};

/// An aggregate whose state and events do not tell the same: its version, its first and last event, and how many there are.
pub(crate) fn disagreement(
    aggregate: &AggregateTable,
    id: Uuid,
    version: Option<i64>,
    events: Option<(i64, i64, i64)>,
) -> Finding {
    let told = match events {
        None => "no event".to_owned(),
        Some((first, last, count)) => format!("{count} events, from version {first} to {last}"),
    };
    let (found, expected) = match version {
        Some(version) => (
            format!("state at version {version} and {told}"),
            format!("one event for each version up to {version}"),
        ),
        None => (
            format!("no state and {told}"),
            "state where there are events".to_owned(),
        ),
    };
    Finding {
        subject: format!("{} {id}", aggregate.aggregate_type),
        detail: format!("found {found}; expected {expected}"),
    }
}

/// A delivery that ended beyond its consumer's position.
pub(crate) fn ended_beyond(
    (consumer, event_id, state, version, position): (String, RowId, String, i64, Option<i64>),
) -> Finding {
    Finding {
        subject: format!("delivery {consumer}:{}", event_id.0),
        detail: format!(
            "found version {version} {state} and the consumer at {}; expected it at {version} or later",
            position.unwrap_or(0)
        ),
    }
}

/// What a log tells of an aggregate.
pub(crate) fn to_told(
    (id, last, last_published): (RowId, Option<i64>, Option<i64>),
) -> Result<Told, ReadError> {
    let version = |column: Option<i64>| column.map_or(Ok(Version::NEVER_STORED), to_version);
    Ok(Told {
        aggregate_id: id.0,
        last: version(last)?,
        last_published: version(last_published)?,
    })
}
