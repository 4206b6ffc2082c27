//! The caller's own log-in sessions.

use accounts_app::EndSession;
use actix_web::http::StatusCode;
use message_bus::Handles;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    paging::List,
    request::Request,
};

/// GET /users/me/sessions
pub(crate) async fn list(request: Request, caller: Caller) -> Handled {
    Answer::ok(&List::whole(request.accounts().sessions(caller.user_id).await?))
}

/// DELETE /users/me/sessions/{session_id}
pub(crate) async fn end(request: Request, caller: Caller) -> Handled {
    let session_id = request.path_id("session_id", "session")?;
    let meta = request.meta(caller.actor())?;
    request.accounts().send(EndSession { session_id }, meta).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
