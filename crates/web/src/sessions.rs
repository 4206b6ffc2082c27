//! The caller's own log-in sessions.

use accounts_app::{EndSession, SessionView};
use actix_web::http::StatusCode;
use message_bus::Handles;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    codes,
    cursors::CursorPosition,
    endpoint::{DELETE, Endpoint, GET, authenticated},
    paging::{self, List},
    request::Request,
};

pub(crate) fn list_my_sessions() -> Endpoint {
    authenticated(GET, "/api/v1/users/me/sessions", list)
        .named("listMySessions", "My open sessions")
        .saying("The last used first. A user has at most 50: logging in once more ends the one that was not used for longest.")
        .paged("SessionList", "A page of the user's open sessions.")
        .answering("The places where the caller is logged in.")
}

async fn list(request: Request, caller: Caller) -> Handled<List<SessionView>> {
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, &request))?;
    let place = |session: &SessionView| (session.last_used_at, session.id.uuid());
    let mut sessions = request.accounts().sessions(caller.user_id).await?;
    sessions.retain(|session| {
        after
            .as_ref()
            .is_none_or(|after| place(session) < (after.time, after.id))
    });
    let is_last = sessions.len() <= limit as usize;
    sessions.truncate(limit as usize);
    let next = sessions.last().filter(|_| !is_last).map(|last| CursorPosition {
        time: last.last_used_at,
        ..CursorPosition::by_id(last.id.uuid())
    });
    paging::answer(&request, &paging::page(&request, sessions, next))
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
