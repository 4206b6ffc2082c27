//! `/ops`: pages on which admins see backlogs and dead letters, and act on them.
//!
//! Plain HTML from the binary, with one style sheet: they work without scripts, without a network and on a telephone. `maud`
//! escapes all data when it writes it into a page; the content security policy allows no script at all.
//!
//! A page is for a person, so it is in no contract; it shows data and acts through the same calls as the routes below
//! `/api/v1/ops`.

pub(crate) mod actions;
pub(crate) mod consumers;
pub(crate) mod dead_letters;
pub(crate) mod files;
pub(crate) mod log_in;
pub(crate) mod orders;
pub(crate) mod overview;

mod layout;
mod story;

use actix_web::http::header::{self, HeaderValue};

use crate::{answer::Answer, problem::Problem};

const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);

/// Lets this server, and no other, see where a form was sent from: without it browsers hide their origin from us as well.
const REFERRER_POLICY: HeaderValue = HeaderValue::from_static("same-origin");

/// 200 with a page.
pub(crate) fn page(html: &maud::Markup) -> Answer {
    Answer::content("text/html; charset=utf-8", html.0.as_bytes())
        .guarded_by(CONTENT_SECURITY_POLICY)
        .with_header(header::REFERRER_POLICY, REFERRER_POLICY)
}

/// A refusal for a person: rendered as a page.
pub(crate) fn refusal(problem: Problem) -> Problem {
    let page = layout::refusal(&problem);
    refusal_as(problem, page)
}

/// The same, as a page of its own.
fn refusal_as(problem: Problem, page: maud::Markup) -> Problem {
    let policy = CONTENT_SECURITY_POLICY;
    problem
        .shown_as(page.into_string())
        .with_header(
            header::CONTENT_SECURITY_POLICY,
            policy.to_str().unwrap_or_default(),
        )
        .with_header(
            header::REFERRER_POLICY,
            REFERRER_POLICY.to_str().unwrap_or_default(),
        )
}
