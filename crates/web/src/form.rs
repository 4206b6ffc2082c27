//! The forms that the token endpoints take (RFC 6749 section 4.3.2, RFC 7009 section 2.1), and those of the operators' pages.

use actix_web::{HttpRequest, web::Payload};

use crate::{
    body::{self, MediaType},
    parameters::pairs,
    problem::Problem,
};

/// The largest form of a token request, in bytes.
pub(crate) const TOKEN_REQUEST: usize = 4 * 1024;
/// The largest form of a page, in bytes: a reason of 500 letters takes up to 6000 when all of them need encoding.
pub(crate) const OF_A_PAGE: usize = 8 * 1024;

/// A form's fields. Unknown ones are ignored, as RFC 6749 section 3.2 demands.
pub(crate) struct Form(Vec<(String, String)>);

/// The field is absent, empty, or repeated.
pub(crate) struct NotOnce(pub(crate) &'static str);

impl Form {
    pub(crate) async fn read(
        http: &HttpRequest,
        payload: &mut Payload,
        limit: usize,
    ) -> Result<Self, Problem> {
        let bytes = body::read_payload(http, payload, MediaType::Form, limit).await?;
        Ok(Self(pairs(&String::from_utf8_lossy(&bytes))))
    }

    /// Takes the one field of this name. An empty one counts as absent (section 3.2 again).
    pub(crate) fn take(&mut self, name: &'static str) -> Result<String, NotOnce> {
        let position = self.0.iter().position(|(found, _)| found == name);
        let (_, value) = position
            .map(|position| self.0.swap_remove(position))
            .ok_or(NotOnce(name))?;
        if value.is_empty() || self.0.iter().any(|(found, _)| found == name) {
            return Err(NotOnce(name));
        }
        Ok(value)
    }
}

/// A struct that is sent as a form.
pub(crate) trait FromForm: Sized {
    /// Takes its fields, each of which is required once.
    fn from_form(form: &mut Form) -> Result<Self, NotOnce>;
}
