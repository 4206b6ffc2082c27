//! The token endpoints: RFC 6749's password and refresh_token grants, and RFC 7009's revocation.
//!
//! Their errors have those documents' own shape. The password grant is for Orderly's own clients only.

use accounts_app::{LogIn, RefreshSession, RevokeToken, Secret, TokenGrant, Tokens};
use actix_web::http::StatusCode;
use message_bus::{Actor, Handles};
use serde::Serialize;

use crate::{
    ProblemCode,
    answer::{Answer, Handled},
    form::{self, Form, NotOnce},
    problem::Problem,
    request::Request,
};

/// RFC 6749 section 5.1.
#[derive(Serialize)]
struct TokensOnTheWire {
    access_token: String,
    token_type: &'static str,
    expires_in: u32,
    refresh_token: String,
}

impl From<Tokens> for TokensOnTheWire {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in_seconds,
            refresh_token: tokens.refresh_token,
        }
    }
}

/// POST /auth/token
pub(crate) async fn token(request: Request) -> Handled {
    grant(request).await.map_err(in_oauth_shape)
}

/// POST /auth/revoke
pub(crate) async fn revoke(request: Request) -> Handled {
    end(request).await.map_err(in_oauth_shape)
}

async fn grant(mut request: Request) -> Handled {
    let mut form = request.form(form::TOKEN_REQUEST).await?;
    let meta = request.meta(Actor::Anonymous)?;
    let granted = match form.take("grant_type")?.as_str() {
        "password" => {
            let command = LogIn {
                username: form.take("username")?,
                password: secret(&mut form, "password")?,
                caller_address: request.caller_address(),
            };
            let granted = request.accounts().send(command, meta).await;
            request.state().metrics.logged_in(&granted);
            granted?
        }
        "refresh_token" => {
            let refresh_token = secret(&mut form, "refresh_token")?;
            request
                .accounts()
                .send(RefreshSession { refresh_token }, meta)
                .await?
        }
        _ => return Err(unsupported_grant_type()),
    };
    match granted {
        TokenGrant::Granted(tokens) => Answer::ok(&TokensOnTheWire::from(tokens)),
        TokenGrant::InvalidGrant => Err(invalid_grant()),
    }
}

/// An unknown token is as good as a revoked one (RFC 7009 section 2.2), so this answers 200 to any.
async fn end(mut request: Request) -> Handled {
    let mut form = request.form(form::TOKEN_REQUEST).await?;
    let token = secret(&mut form, "token")?;
    let meta = request.meta(Actor::Anonymous)?;
    request.accounts().send(RevokeToken { token }, meta).await?;
    Ok(Answer::empty(StatusCode::OK))
}

fn secret(form: &mut Form, name: &'static str) -> Result<Secret, NotOnce> {
    form.take(name).map(Secret::new)
}

impl From<NotOnce> for Problem {
    fn from(NotOnce(name): NotOnce) -> Self {
        Self::new(
            ProblemCode::InvalidRequest,
            format!("expected {name} once, and not empty"),
        )
    }
}

fn unsupported_grant_type() -> Problem {
    Problem::new(
        ProblemCode::UnsupportedGrantType,
        "expected grant_type to be password or refresh_token",
    )
}

/// Never says what was wrong: a caller who guesses learns nothing.
fn invalid_grant() -> Problem {
    Problem::new(
        ProblemCode::InvalidGrant,
        "the user name, the password or the refresh token is wrong",
    )
}

/// RFC 6749 section 5.2 knows few errors; the status keeps apart what they do not.
fn in_oauth_shape(problem: Problem) -> Problem {
    let error = if problem.code() == ProblemCode::InvalidGrant.name() {
        "invalid_grant"
    } else if problem.code() == ProblemCode::UnsupportedGrantType.name() {
        "unsupported_grant_type"
    } else if problem.status() == StatusCode::TOO_MANY_REQUESTS
        || problem.status() == StatusCode::SERVICE_UNAVAILABLE
    {
        "temporarily_unavailable"
    } else if problem.status().is_server_error() {
        "server_error"
    } else {
        "invalid_request"
    };
    problem.in_oauth_shape(error)
}
