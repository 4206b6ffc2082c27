//! The operator of a request to a page: the cookie, and the token in each of its forms.
//!
//! The cookie names a log-in session, signed, for half a day. It grants no right by itself: accounts checks the session, the
//! user and their role at each request, as for an access token, so logging out, another role and a deactivation take effect
//! as soon. No page accepts an access token, and no other route this cookie.
//!
//! `Secure` is set when the browser's own `Origin` begins with https. No header of a proxy is trusted, and none is needed: Orderly
//! serves plain HTTP, and only the browser knows which scheme it used.

use std::sync::Arc;

use accounts_app::Authentication;
use actix_web::http::header;
use hmac::{Hmac, KeyInit, Mac};
use message_bus::Actor;
use sha2::Sha256;
use shared_kernel::{Role, SessionId, Timestamp, UserId};

use crate::{
    codes,
    form::{self, Form},
    problem::Problem,
    request::Request,
};

const COOKIE: &str = "orderly_operator";
/// How long a cookie is valid, in seconds: a working day, and somewhat more.
const LIFETIME_SECONDS: i64 = 12 * 60 * 60;

/// Signs cookies and the tokens of forms. Clones share the key.
#[derive(Clone)]
pub struct OperatorSessions {
    key: Arc<[u8; 32]>,
}

/// The admin behind a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    role: Role,
}

impl Operator {
    pub(crate) const fn actor(&self) -> Actor {
        Actor::User {
            id: self.user_id,
            role: self.role,
        }
    }
}

impl OperatorSessions {
    /// Signed with `key`. It has to be the same over restarts and at all instances, or operators are logged out.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key: Arc::new(key) }
    }

    /// The cookie's value for a session, from `now` on.
    fn value(&self, session: SessionId, now: Timestamp) -> String {
        let ends = now.plus_seconds(LIFETIME_SECONDS).as_seconds();
        let signed = format!("{session}.{ends}");
        let signature = self.signature("cookie", &signed);
        format!("{signed}.{signature}")
    }

    /// The session of a cookie's value at `now`.
    fn session(&self, value: &str, now: Timestamp) -> Option<SessionId> {
        let (signed, signature) = value.rsplit_once('.')?;
        if !self.is_signature("cookie", signed, signature) {
            return None;
        }
        let (session, ends) = signed.split_once('.')?;
        let ends: i64 = ends.parse().ok()?;
        (now.as_seconds() < ends).then(|| session.parse().ok()).flatten()
    }

    /// The token that proves that a form comes from a page of this session.
    pub(crate) fn form_token(&self, session: SessionId) -> String {
        self.signature("form", &session.to_string())
    }

    fn signature(&self, purpose: &str, text: &str) -> String {
        let mac = self.mac(purpose, text).map(|mac| mac.finalize().into_bytes());
        let bytes = mac.unwrap_or_default();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Compares MACs of the signatures, so that the time it takes reveals nothing about them.
    fn is_signature(&self, purpose: &str, text: &str, found: &str) -> bool {
        let expected = self.signature(purpose, text);
        let found = self.mac("comparison", found).map(Mac::finalize);
        found.is_some() && found == self.mac("comparison", &expected).map(Mac::finalize)
    }

    fn mac(&self, purpose: &str, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(b":");
        mac.update(text.as_bytes());
        Some(mac)
    }
}

/// The admin of a request, if it has an admin's cookie.
pub(crate) async fn operator(request: &Request) -> Result<Option<Operator>, Problem> {
    let Some(session_id) = session(request) else {
        return Ok(None);
    };
    let authentication = request.accounts().authenticate_session(session_id).await?;
    Ok(match authentication {
        Authentication::Authenticated {
            user_id,
            role,
            session_id,
        } if role.includes(Role::Admin) => Some(Operator {
            user_id,
            session_id,
            role,
        }),
        Authentication::Authenticated { .. } | Authentication::Rejected(_) => None,
    })
}

fn session(request: &Request) -> Option<SessionId> {
    let headers = request.http().headers().get_all(header::COOKIE);
    let pairs = headers.filter_map(|header| header.to_str().ok());
    let values = pairs
        .flat_map(|pairs| pairs.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE);
    let (sessions, now) = (&request.state().operator_sessions, request.state().clock.now());
    // Another application's cookie of this name, for a wider path, must not hide our own.
    values
        .filter_map(|(_, value)| sessions.session(value, now))
        .next()
}

/// `Set-Cookie` for an operator who has just logged in.
pub(crate) fn log_in_cookie(request: &Request, session: SessionId) -> String {
    let state = request.state();
    let value = state.operator_sessions.value(session, state.clock.now());
    let origin = request.http().headers().get(header::ORIGIN);
    let by_https = origin.is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    let secure = if by_https { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/ops; HttpOnly; SameSite=Strict{secure}")
}

/// `Set-Cookie` for an operator who has just logged out.
pub(crate) fn log_out_cookie() -> String {
    format!("{COOKIE}=; Path=/ops; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// The form in a request's body, which must come from a page of the operator's own session.
pub(crate) async fn form(request: &mut Request, operator: &Operator) -> Result<Form, Problem> {
    let mut form = request.form(form::OF_A_PAGE).await?;
    let token = form.take("form_token").unwrap_or_default();
    let (sessions, session) = (
        &request.state().operator_sessions,
        operator.session_id.to_string(),
    );
    if sessions.is_signature("form", &session, &token) {
        return Ok(form);
    }
    Err(forged())
}

/// Refuses a form if `Sec-Fetch-Site` names another site. A request without that header is accepted.
pub(crate) fn from_this_site(request: &Request) -> Result<(), Problem> {
    match request.http().headers().get("sec-fetch-site") {
        Some(site) if !matches!(site.as_bytes(), b"same-origin" | b"none") => Err(forged()),
        Some(_) | None => Ok(()),
    }
}

fn forged() -> Problem {
    let detail = "the form does not come from this page, or from before you logged in; go back, reload the page and try again";
    Problem::new(codes::FORGED_FORM, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "0197b2c4-0000-7000-8000-0000000000f1";

    fn time(seconds: i64) -> Timestamp {
        "2026-01-01T00:00:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .plus_seconds(seconds)
    }

    #[test]
    fn a_cookie_serves_for_twelve_hours() {
        let sessions = OperatorSessions::new([1; 32]);
        let session = SESSION.parse().unwrap();
        let value = sessions.value(session, time(0));
        assert_eq!(sessions.session(&value, time(12 * 60 * 60 - 1)), Some(session));
        assert_eq!(sessions.session(&value, time(12 * 60 * 60)), None);
        assert_eq!(OperatorSessions::new([2; 32]).session(&value, time(0)), None);
    }

    #[test]
    fn nothing_in_a_cookie_can_be_changed_left_out_or_added() {
        let sessions = OperatorSessions::new([1; 32]);
        let value = sessions.value(SESSION.parse().unwrap(), time(0));
        for place in 0..value.len() {
            let other = if &value[place..=place] == "0" { "1" } else { "0" };
            let tampered = format!("{}{other}{}", &value[..place], &value[place + 1..]);
            assert_eq!(sessions.session(&tampered, time(0)), None, "{tampered}");
            assert_eq!(sessions.session(&value[..place], time(0)), None, "{place}");
        }
        assert_eq!(sessions.session(&format!("{value}0"), time(0)), None);
    }

    #[test]
    fn a_forms_token_is_no_cookie_and_belongs_to_one_session() {
        let sessions = OperatorSessions::new([1; 32]);
        let session = SESSION.parse().unwrap();
        let token = sessions.form_token(session);
        assert!(sessions.is_signature("form", SESSION, &token));
        assert!(!sessions.is_signature("cookie", SESSION, &token));
        assert!(!sessions.is_signature("form", "0197b2c4-0000-7000-8000-0000000000f2", &token));
        assert!(!sessions.is_signature("form", SESSION, ""));
    }
}
