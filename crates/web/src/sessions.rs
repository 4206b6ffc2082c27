//! The caller's own log-in sessions.

use accounts_app::{EndSession, SessionView};
use actix_web::http::StatusCode;
use message_bus::Handles;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    codes,
    endpoint::{DELETE, Endpoint, GET, authenticated},
    paging::List,
    request::Request,
};

pub(crate) fn list_my_sessions() -> Endpoint {
    authenticated(GET, "/api/v1/users/me/sessions", list)
        .named("listMySessions", "My open sessions")
        .listing("SessionList", "The user's open sessions.")
        .answering("Every place where the caller is logged in.")
}

async fn list(request: Request, caller: Caller) -> Handled<List<SessionView>> {
    Answer::ok(&List::whole(request.accounts().sessions(caller.user_id).await?))
}

pub(crate) fn end_my_session() -> Endpoint {
    authenticated(DELETE, "/api/v1/users/me/sessions/{session_id}", end)
        .named("endMySession", "Log out of a session")
        .answering_nothing("The session has ended.")
        .refusing(&[
            codes::MALFORMED_IF_MATCH,
            codes::CONFLICT,
            codes::SESSION_NOT_FOUND,
        ])
}

async fn end(request: Request, caller: Caller) -> Handled {
    let session_id = request.path_id("session_id", "session")?;
    let meta = request.meta(caller.actor())?;
    request.accounts().send(EndSession { session_id }, meta).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
