//! The tables that storage keeps in every context's schema, as Diesel sees them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Id, JsonText, UtcTime};

    event_log (sequence) {
        sequence -> BigInt,
        event_id -> Id,
        event_type -> Text,
        schema_version -> Integer,
        private -> Bool,
        aggregate_type -> Text,
        aggregate_id -> Id,
        aggregate_version -> BigInt,
        occurred_at -> UtcTime,
        command_id -> Id,
        correlation_id -> Id,
        causation_id -> Nullable<Id>,
        actor -> Text,
        traceparent -> Nullable<Text>,
        data -> JsonText,
        published_at -> Nullable<UtcTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::UtcTime;

    lived_time (only_one) {
        only_one -> Bool,
        lived -> BigInt,
        stamps_from -> UtcTime,
        jumped_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::UtcTime;

    lived_hours (lived) {
        lived -> BigInt,
        stamps_from -> UtcTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Id;

    consumer_positions (consumer, aggregate_id) {
        consumer -> Text,
        aggregate_id -> Id,
        position -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::UtcTime;

    consumers (consumer) {
        consumer -> Text,
        source -> Text,
        begins_after -> BigInt,
        first_started_at -> UtcTime,
        paused_at -> Nullable<UtcTime>,
        paused_by -> Nullable<Text>,
        pause_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Id, JsonText, UtcTime};

    deliveries (consumer, event_id) {
        consumer -> Text,
        event_id -> Id,
        aggregate_id -> Id,
        aggregate_version -> BigInt,
        previous_version -> BigInt,
        state -> Text,
        attempts -> BigInt,
        attempts_before_replay -> BigInt,
        interruptions -> BigInt,
        held_at -> UtcTime,
        next_attempt_at -> Nullable<UtcTime>,
        ended_at -> Nullable<UtcTime>,
        last_error -> Nullable<Text>,
        envelope -> JsonText,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Id, UtcTime};

    delivery_attempts (consumer, event_id, number) {
        consumer -> Text,
        event_id -> Id,
        number -> BigInt,
        began_at -> UtcTime,
        ended_at -> Nullable<UtcTime>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Id, UtcTime};

    operator_actions (id) {
        id -> Id,
        acted_at -> UtcTime,
        actor -> Text,
        reason -> Text,
        consumer -> Text,
        action -> Text,
        event_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::UtcTime;

    command_log (replay_key) {
        replay_key -> Text,
        fingerprint -> Binary,
        result -> Text,
        recorded_at -> UtcTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Id;

    installation (only_one) {
        only_one -> Integer,
        id -> Id,
    }
}

diesel::allow_tables_to_appear_in_same_query!(consumers, consumer_positions, deliveries);
