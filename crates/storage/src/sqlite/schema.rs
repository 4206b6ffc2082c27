//! The tables that storage keeps in every context's database, as Diesel sees them.

diesel::table! {
    event_log (sequence) {
        sequence -> BigInt,
        event_id -> Binary,
        event_type -> Text,
        schema_version -> Integer,
        private -> Bool,
        aggregate_type -> Text,
        aggregate_id -> Binary,
        aggregate_version -> BigInt,
        occurred_at -> BigInt,
        command_id -> Binary,
        correlation_id -> Binary,
        causation_id -> Nullable<Binary>,
        actor -> Text,
        traceparent -> Nullable<Text>,
        data -> Text,
        published_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    lived_time (only_one) {
        only_one -> Bool,
        lived -> BigInt,
        stamps_from -> BigInt,
        jumped_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    lived_hours (lived) {
        lived -> BigInt,
        stamps_from -> BigInt,
    }
}

diesel::table! {
    consumer_positions (consumer, aggregate_id) {
        consumer -> Text,
        aggregate_id -> Binary,
        position -> BigInt,
    }
}

diesel::table! {
    consumers (consumer) {
        consumer -> Text,
        source -> Text,
        begins_after -> BigInt,
        first_started_at -> BigInt,
        paused_at -> Nullable<BigInt>,
        paused_by -> Nullable<Text>,
        pause_reason -> Nullable<Text>,
    }
}

diesel::table! {
    deliveries (consumer, event_id) {
        consumer -> Text,
        event_id -> Binary,
        aggregate_id -> Binary,
        aggregate_version -> BigInt,
        previous_version -> BigInt,
        state -> Text,
        attempts -> BigInt,
        attempts_before_replay -> BigInt,
        interruptions -> BigInt,
        held_at -> BigInt,
        next_attempt_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        envelope -> Text,
    }
}

diesel::table! {
    delivery_attempts (consumer, event_id, number) {
        consumer -> Text,
        event_id -> Binary,
        number -> BigInt,
        began_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    operator_actions (id) {
        id -> Binary,
        acted_at -> BigInt,
        actor -> Text,
        reason -> Text,
        consumer -> Text,
        action -> Text,
        event_id -> Nullable<Binary>,
    }
}

diesel::table! {
    command_log (replay_key) {
        replay_key -> Text,
        fingerprint -> Binary,
        result -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    installation (only_one) {
        only_one -> Integer,
        id -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(consumers, consumer_positions, deliveries);
