//! What those who watch for attacks read: lines of the log whose target is `security`.
//!
//! They name users by their ids and callers by their addresses; no e-mail address, name or token is in them. A filter such as
//! `ORDERLY_LOG=error,security=info` leaves nothing else.

use accounts_app::TokenGrant;
use message_bus::{Unavailable, UseCaseError};
use shared_kernel::Role;

use crate::{authentication::Caller, request::Request};

/// Somebody tried to log in.
pub(crate) fn log_in(request: &Request, result: &Result<TokenGrant, UseCaseError>) {
    let outcome = match result {
        Ok(TokenGrant::InvalidGrant) => "refused",
        Err(UseCaseError::Unavailable(Unavailable::Throttled { .. })) => "throttled",
        Ok(TokenGrant::Granted(_)) | Err(_) => return,
    };
    let client = request.client().address.map(tracing::field::display);
    tracing::info!(target: "security", client, outcome, "a log-in failed");
}

/// Somebody asked for what their role does not include.
pub(crate) fn refused_by_role(request: &Request, caller: &Caller, needed: Role) {
    let client = request.client().address.map(tracing::field::display);
    let (user, role) = (caller.user_id, caller.role);
    let (method, path) = (request.http().method(), request.http().path());
    tracing::info!(target: "security", client, %user, %role, %needed, %method, path, "a role was refused");
}

/// Somebody changed their password, or tried to.
pub(crate) fn password_change(request: &Request, caller: &Caller, result: &Result<(), UseCaseError>) {
    let outcome = match result {
        Ok(()) => "changed",
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        Err(UseCaseError::Unavailable(Unavailable::Throttled { .. })) => "throttled",
        Err(_) => return,
    };
    let client = request.client().address.map(tracing::field::display);
    tracing::info!(target: "security", client, user = %caller.user_id, outcome, "a change of password");
}
