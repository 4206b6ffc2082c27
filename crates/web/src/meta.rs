//! Makes the meta of every command; no other place does.

use message_bus::{Actor, CommandMeta};

use crate::{preconditions, problem::Problem, request::Request};

/// The meta of the command that `request` leads to, on behalf of `actor`.
pub(crate) fn command_meta(request: &Request, actor: Actor) -> Result<CommandMeta, Problem> {
    let state = request.state();
    let meta = CommandMeta::new(actor, state.clock.now(), &*state.ids);
    Ok(CommandMeta {
        correlation_id: request.id().correlation_id(),
        expected_version: preconditions::expected_version(request.http())?,
        trace: request.id().trace().child(meta.command_id.uuid()),
        ..meta
    })
}
