//! Which of a context's tables hold aggregates, so that state and events can be compared. Nothing else about a context's tables is
//! declared in storage.

/// A table with one row per aggregate, whose columns `id` and `version` are the aggregate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AggregateTable {
    /// Kind of aggregate, as its events name it.
    pub aggregate_type: &'static str,
    /// The table.
    pub table: &'static str,
}

/// Tells which aggregates the rows of a context's write sets belong to.
pub trait ContextRows {
    /// Every table of the context whose rows have versions and events.
    const AGGREGATES: &'static [AggregateTable];
}

/// Where state and events do not agree, as SQL for both engines: for one table, at most `limit` rows of `id`, `version`,
/// `first_event`, `last_event` and `events`.
pub(crate) fn disagreements(aggregate: &AggregateTable, limit: usize) -> String {
    let AggregateTable {
        aggregate_type,
        table,
    } = aggregate;
    let pruned = "EXISTS (SELECT 1 FROM log_pruning)";
    format!(
        "SELECT state.id, state.version, told.first_event, told.last_event, told.events
         FROM {table} AS state LEFT JOIN (
             SELECT aggregate_id, min(aggregate_version) AS first_event, max(aggregate_version) AS last_event, count(*) AS events
             FROM event_log WHERE aggregate_type = '{aggregate_type}' GROUP BY aggregate_id) AS told ON told.aggregate_id = state.id
         WHERE (told.events IS NULL AND NOT {pruned})
            OR told.last_event <> state.version
            OR told.events <> told.last_event - told.first_event + 1
            OR (told.first_event <> 1 AND NOT {pruned})
         UNION ALL
         SELECT aggregate_id, NULL, min(aggregate_version), max(aggregate_version), count(*)
         FROM event_log WHERE aggregate_type = '{aggregate_type}'
             AND NOT EXISTS (SELECT 1 FROM {table} AS state WHERE state.id = event_log.aggregate_id)
         GROUP BY aggregate_id
         LIMIT {limit}"
    )
}
