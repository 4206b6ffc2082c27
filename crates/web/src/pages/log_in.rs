//! Logging in to the pages and out of them. Only admins get in.

use accounts_app::{Authentication, EndSession, LogIn, Secret, TokenGrant};
use actix_web::http::header::{self, HeaderValue};
use maud::{Markup, html};
use message_bus::{Actor, Handles, UseCaseError};
use shared_kernel::{Role, SessionId};

use super::{layout, page, refusal_as};
use crate::{
    answer::{Answer, Handled},
    codes,
    endpoint::{Endpoint, GET, POST, operator, public},
    form,
    operators::{self, Operator},
    problem::Problem,
    request::Request,
};

pub(crate) fn log_in_page() -> Endpoint {
    public(GET, "/ops/log-in", ask).saying("A form.")
}

async fn ask(_: Request) -> Handled {
    Ok(page(&asking(None)))
}

fn asking(refused: Option<&str>) -> Markup {
    let content = html! {
        @if let Some(refused) = refused {
            section.notice role="alert" { p { (layout::sentence(refused)) } }
        }
        form.log-in method="post" action="/ops/log-in" {
            label { "E-mail address" input type="email" name="username" autocomplete="username" required autofocus; }
            label { "Password" input type="password" name="password" autocomplete="current-password" required; }
            button { "Log in" }
        }
        p.faint { "For admins. You stay logged in for twelve hours, or until you close the browser." }
    };
    layout::public("Log in", &content)
}

pub(crate) fn log_in_form() -> Endpoint {
    public(POST, "/ops/log-in", log_in)
        .with_form(&["username", "password"])
        .saying("303 to `/ops`, `Set-Cookie`; 400; 403 for any role but admin; 429.")
}

async fn log_in(mut request: Request) -> Handled {
    match session(&mut request).await {
        Ok(session) => {
            let cookie = operators::log_in_cookie(&request, session);
            Ok(to("/ops").with_header(header::SET_COOKIE, cookie_header(&cookie)?))
        }
        Err(problem) => {
            let page = asking(Some(problem.detail()));
            Err(refusal_as(problem, page))
        }
    }
}

/// The session of an admin who has just logged in.
async fn session(request: &mut Request) -> Result<SessionId, Problem> {
    operators::from_this_site(request)?;
    let mut form = request.form(form::OF_A_PAGE).await?;
    let command = LogIn {
        username: form.take("username")?,
        password: Secret::new(form.take("password")?),
        caller_address: request.caller_address(),
    };
    let granted = request
        .accounts()
        .send(command, request.meta(Actor::Anonymous)?)
        .await;
    request.state().metrics.logged_in(&granted);
    let TokenGrant::Granted(tokens) = granted? else {
        let detail = "the e-mail address or the password is wrong";
        return Err(Problem::new(codes::INVALID_GRANT, detail));
    };
    match request.accounts().authenticate(&tokens.access_token).await? {
        Authentication::Authenticated { role, session_id, .. } if role.includes(Role::Admin) => {
            Ok(session_id)
        }
        Authentication::Authenticated {
            user_id,
            role,
            session_id,
        } => {
            end(request, Actor::User { id: user_id, role }, session_id).await?;
            let detail = format!("found role {role}, expected {}", Role::Admin);
            Err(Problem::new(codes::INSUFFICIENT_ROLE, detail))
        }
        // The session was ended, or the user deactivated, in this very moment.
        Authentication::Rejected(_) => Err(Problem::new(codes::INVALID_GRANT, "the session is over")),
    }
}

pub(crate) fn log_out_form() -> Endpoint {
    operator(POST, "/ops/log-out", log_out)
        .with_form(&[])
        .saying("303 to `/ops/log-in`; the session has ended.")
}

async fn log_out(mut request: Request, operator: Operator) -> Handled {
    operators::form(&mut request, &operator).await?;
    end(&request, operator.actor(), operator.session_id).await?;
    Ok(to_log_in().with_header(header::SET_COOKIE, cookie_header(&operators::log_out_cookie())?))
}

async fn end(request: &Request, actor: Actor, session_id: SessionId) -> Result<(), Problem> {
    let meta = request.meta(actor)?;
    match request.accounts().send(EndSession { session_id }, meta).await {
        // If it has ended already, that is success as well.
        Ok(()) | Err(UseCaseError::NotFound(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The redirection to the log-in page.
pub(crate) fn to_log_in() -> Answer {
    to("/ops/log-in")
}

/// Redirects to another page: so reloading the page does not send the form again.
pub(super) fn to(path: &str) -> Answer {
    Answer::see_other(path)
}

fn cookie_header(cookie: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(cookie).map_err(|error| Problem::internal_error(error.to_string()))
}
