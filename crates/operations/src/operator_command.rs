//! An operator acts on a dead letter or a consumer. It is recorded with who did it and why.

use message_bus::{Command, CommandMeta, Handles, NotFound, UseCaseError};
use schema::HasSchema;
use serde::Serialize;
use shared_kernel::{Refusal, RefusalKind};

use super::{
    actions::{ActionKind, ActionOutcome, OperatorAction},
    all_contexts::{NO_SUCH_DEAD_LETTER, Operations},
    reason,
    records::Follower,
};
const NO_SUCH_CONSUMER: NotFound = NotFound { what: "consumer" };

/// What an operator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorCommand {
    /// To which consumer.
    pub consumer: String,
    /// What.
    pub kind: ActionKind,
    /// Why. Required for a discard and a pause, which others will ask about.
    pub reason: Option<String>,
}

/// What an operator did just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct Acted {
    /// As it is recorded.
    #[serde(flatten)]
    pub action: OperatorAction,
    /// What waited behind the delivery, and follows it now.
    pub freed: Vec<Follower>,
}

impl Command for OperatorCommand {
    type Output = Acted;
}

impl Handles<OperatorCommand> for Operations {
    async fn handle(&self, command: OperatorCommand, meta: CommandMeta) -> Result<Acted, UseCaseError> {
        let reason = match command.kind {
            ActionKind::Discard { .. } | ActionKind::Pause => reason::required(command.reason.as_deref()),
            ActionKind::Replay { .. } | ActionKind::Resume => reason::optional(command.reason.as_deref()),
        }
        .map_err(Refusal::from)?;
        let action = OperatorAction {
            id: meta.command_id.uuid(),
            at: meta.issued_at,
            by: meta.actor.to_string(),
            reason,
            consumer: command.consumer,
            kind: command.kind,
        };
        let outcome = self
            .whoever_has(&action.consumer, async |context| {
                Ok(match context.act(&action).await? {
                    ActionOutcome::NotFound => None,
                    outcome => Some(outcome),
                })
            })
            .await?;
        match outcome {
            Some(ActionOutcome::Done { followers: freed }) => Ok(Acted { action, freed }),
            Some(ActionOutcome::WrongState(state)) => Err(wrong_state(&action, &state).into()),
            Some(ActionOutcome::NotFound) | None => Err(match action.kind {
                ActionKind::Replay { .. } | ActionKind::Discard { .. } => NO_SUCH_DEAD_LETTER,
                ActionKind::Pause | ActionKind::Resume => NO_SUCH_CONSUMER,
            }
            .into()),
        }
    }
}

fn wrong_state(action: &OperatorAction, state: &str) -> Refusal {
    let consumer = &action.consumer;
    match action.kind {
        ActionKind::Replay { .. } | ActionKind::Discard { .. } => {
            let found = format!("found a delivery that is {state}, expected a dead one");
            Refusal::new(RefusalKind::State, "delivery_not_dead", &found).with("state", state)
        }
        ActionKind::Pause => {
            let found = format!("{consumer} is paused already");
            Refusal::new(RefusalKind::State, "consumer_already_paused", &found)
        }
        ActionKind::Resume => {
            let found = format!("{consumer} is not paused");
            Refusal::new(RefusalKind::State, "consumer_not_paused", &found)
        }
    }
}

#[cfg(test)]
mod tests;
