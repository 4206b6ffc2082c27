//! The caller of a request: the bearer token, and what it entitles to.

use accounts_app::Authentication;
use actix_web::http::header;
use message_bus::Actor;
use shared_kernel::{Role, SessionId, UserId};

use crate::{codes, problem::Problem, request::Request};

/// The logged-in user behind a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) session_id: SessionId,
}

impl Caller {
    pub(crate) const fn actor(&self) -> Actor {
        Actor::User {
            id: self.user_id,
            role: self.role,
        }
    }

    /// Refuses a caller whose role does not include `needed`.
    pub(crate) fn must_be(&self, needed: Role) -> Result<(), Problem> {
        if self.role.includes(needed) {
            return Ok(());
        }
        let detail = format!("found role {}, expected {needed}", self.role);
        Err(Problem::new(codes::INSUFFICIENT_ROLE, detail).with_fact("needed_role", needed.name()))
    }
}

/// The caller of a request that requires one.
pub(crate) async fn caller(request: &Request) -> Result<Caller, Problem> {
    let token = bearer_token(request)?;
    match request.accounts().authenticate(token).await? {
        Authentication::Authenticated {
            user_id,
            role,
            session_id,
        } => Ok(Caller {
            user_id,
            role,
            session_id,
        }),
        // The reason is only logged: a caller who guesses at tokens learns nothing.
        Authentication::Rejected(why) => {
            tracing::debug!(?why, "an access token was rejected");
            Err(invalid_token())
        }
    }
}

/// The token of the one `Authorization: Bearer` header (RFC 6750 section 2.1).
fn bearer_token(request: &Request) -> Result<&str, Problem> {
    let mut headers = request.http().headers().get_all(header::AUTHORIZATION);
    let Some(header) = headers.next() else {
        return Err(
            Problem::new(codes::MISSING_TOKEN, "expected Authorization: Bearer <token>")
                .with_header(header::WWW_AUTHENTICATE, r#"Bearer realm="orderly""#),
        );
    };
    if headers.next().is_some() {
        return Err(invalid_token());
    }
    header
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim_matches(' '))
        .ok_or_else(invalid_token)
}

fn invalid_token() -> Problem {
    Problem::new(
        codes::INVALID_TOKEN,
        "the access token does not stand; log in or refresh it",
    )
    .with_header(
        header::WWW_AUTHENTICATE,
        r#"Bearer realm="orderly", error="invalid_token""#,
    )
}
