//! What operators do to consumers and deliveries. Each action is recorded: who, what, why.

use schema::{Components, HasSchema, Object, Value, json, with};
use serde::Serialize;
use shared_kernel::{EventId, Timestamp};
use uuid::Uuid;

use super::records::Follower;

/// Something that an operator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct OperatorAction {
    /// This action.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// `user:` and an id, or `operator` for the command line.
    pub by: String,
    /// Empty when none was given.
    pub reason: String,
    /// To which consumer.
    pub consumer: String,
    /// What.
    #[serde(flatten)]
    pub kind: ActionKind,
}

/// The things an operator can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ActionKind {
    /// Try a dead letter again, from now on, with all its attempts before it.
    Replay {
        /// The event.
        event_id: EventId,
    },
    /// Never apply a dead letter: the position moves past it.
    Discard {
        /// The event.
        event_id: EventId,
    },
    /// Hand the consumer no events until it is resumed.
    Pause,
    /// Hand the consumer events again, first those that waited.
    Resume,
}

/// Its fields, which are written among the action's.
impl HasSchema for ActionKind {
    fn schema(components: &mut Components) -> Value {
        let names = ["replay", "discard", "pause", "resume"];
        let event_id = with(
            EventId::schema(components),
            "The event of a replay or a discard; absent otherwise.",
            json!({}),
        );
        let mut object = Object::default();
        object.field(
            "action",
            true,
            components.names("ActionName", "What can be done.", names),
        );
        object.field("event_id", false, event_id);
        object.schema("", json!({}))
    }
}

impl ActionKind {
    /// The name under which it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Replay { .. } => "replay",
            Self::Discard { .. } => "discard",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }

    /// The event it is about, if it is about one.
    pub const fn event_id(&self) -> Option<EventId> {
        match self {
            Self::Replay { event_id } | Self::Discard { event_id } => Some(*event_id),
            Self::Pause | Self::Resume => None,
        }
    }
}

/// The result of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionOutcome {
    /// It is done and recorded.
    Done {
        /// For a replay or a discard: the deliveries that waited behind this one, and are unblocked now.
        followers: Vec<Follower>,
    },
    /// This context has no such delivery or consumer.
    NotFound,
    /// It is not possible in the state that was found: a delivery's state, or `paused` or `running`.
    WrongState(String),
}
