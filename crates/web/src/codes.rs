//! The codes of refusals: each with its status, its sentence in documents, its detail for callers, and its facts.
//!
//! Kind, code and facts of a rule are declared beside the rule. `tests/architecture` checks that these lists have every code
//! and no other; the tests of the contract check that a problem has exactly the facts declared here.

mod facts;

macro_rules! codes {
    (
        $(#[$about:meta])* $all:ident:
        $($constant:ident = $name:literal, $status:literal, $when:literal, $detail:literal, [$($fact:ident: $kind:expr),*];)*
    ) => {
        $(
            #[doc = $when]
            #[cfg_attr(not(test), allow(dead_code, reason = "documents tell of codes that no endpoint names"))]
            pub(crate) const $constant: &Code = &Code {
                name: $name,
                status: $status,
                when: $when,
                detail: $detail,
                facts: &[$((stringify!($fact), $kind)),*],
            };
        )*

        $(#[$about])*
        #[cfg(test)]
        pub(crate) const $all: &[&Code] = &[$($constant),*];
    };
}

mod found_by_web;
mod not_there;
mod refused;

pub(crate) use facts::{FactKind, add_all};
pub(crate) use found_by_web::*;
pub(crate) use not_there::*;
pub(crate) use refused::*;

use actix_web::http::StatusCode;

/// A code that callers can be answered with.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) name: &'static str,
    pub(crate) status: u16,
    /// When it is answered.
    pub(crate) when: &'static str,
    /// What such a problem may say.
    pub(crate) detail: &'static str,
    /// By the names that rules give them.
    pub(crate) facts: &'static [(&'static str, FactKind)],
}

impl Code {
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
