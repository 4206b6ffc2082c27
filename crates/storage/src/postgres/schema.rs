//! The tables that storage keeps in every context's schema, as Diesel sees them.

diesel::table! {
    event_log (sequence) {
        sequence -> BigInt,
        event_id -> Uuid,
        event_type -> Text,
        schema_version -> Integer,
        private -> Bool,
        aggregate_type -> Text,
        aggregate_id -> Uuid,
        aggregate_version -> BigInt,
        occurred_at -> Timestamptz,
        command_id -> Uuid,
        correlation_id -> Uuid,
        causation_id -> Nullable<Uuid>,
        actor -> Text,
        traceparent -> Nullable<Text>,
        data -> Jsonb,
        published_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    consumer_positions (consumer, aggregate_id) {
        consumer -> Text,
        aggregate_id -> Uuid,
        position -> BigInt,
    }
}

diesel::table! {
    consumers (consumer) {
        consumer -> Text,
        source -> Text,
        begins_after -> BigInt,
        first_started_at -> Timestamptz,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Text>,
        pause_reason -> Nullable<Text>,
    }
}

diesel::table! {
    deliveries (consumer, event_id) {
        consumer -> Text,
        event_id -> Uuid,
        aggregate_id -> Uuid,
        aggregate_version -> BigInt,
        previous_version -> BigInt,
        state -> Text,
        attempts -> BigInt,
        attempts_before_replay -> BigInt,
        interruptions -> BigInt,
        held_at -> Timestamptz,
        next_attempt_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        envelope -> Jsonb,
    }
}

diesel::table! {
    delivery_attempts (consumer, event_id, number) {
        consumer -> Text,
        event_id -> Uuid,
        number -> BigInt,
        began_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    operator_actions (id) {
        id -> Uuid,
        acted_at -> Timestamptz,
        actor -> Text,
        reason -> Text,
        consumer -> Text,
        action -> Text,
        event_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    command_log (replay_key) {
        replay_key -> Text,
        fingerprint -> Binary,
        result -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(consumers, consumer_positions, deliveries);
