//! Reads a query's parameters the way bodies are read: all errors at once. One with a control character is refused.

use actix_web::web::Query;
use schema::{Components, Value, json};
use shared_kernel::printable::is_printable;

use crate::{
    codes,
    field_errors::{FieldErrors, Wrong},
    problem::Problem,
};

/// A query's parameters that were not taken yet.
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    errors: FieldErrors,
}

impl Parameters {
    /// A required parameter. `None` means that an error was recorded.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.optional(name, read)?;
        if value.is_none() {
            self.refuse(name, Wrong::missing());
        }
        value
    }

    /// An optional parameter. The outer `None` means that an error was recorded.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<Option<T>> {
        let (mut given, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pairs)
            .into_iter()
            .partition(|(found, _)| found == name);
        self.pairs = others;
        let Some((_, text)) = given.pop() else {
            return Some(None);
        };
        let value = if !given.is_empty() {
            Err(Wrong::duplicate())
        } else if !is_printable(&text) {
            Err(Wrong::not_printable())
        } else {
            read(&text)
        };
        value.map(Some).map_err(|wrong| self.refuse(name, wrong)).ok()
    }

    fn refuse(&mut self, name: &str, wrong: Wrong) {
        self.errors.add(format!("?{name}"), wrong);
    }
}

/// Reads a query with `read`, and refuses the parameters that it did not take.
pub(crate) fn read<T>(query: &str, read: impl FnOnce(&mut Parameters) -> Option<T>) -> Result<T, Problem> {
    let refused = |errors| {
        Problem::new(
            codes::INVALID_QUERY,
            "parameters of the query are wrong; see errors",
        )
        .with_errors(errors)
    };
    let mut parameters = Parameters {
        pairs: pairs(query),
        errors: FieldErrors::default(),
    };
    let value = read(&mut parameters);
    for (name, _) in std::mem::take(&mut parameters.pairs) {
        parameters.refuse(&name, Wrong::unknown());
    }
    parameters.errors.or_value(value).map_err(refused)
}

/// The pairs of `application/x-www-form-urlencoded` text. Any text can be read as such pairs.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    Query::<Vec<(String, String)>>::from_query(text).map_or_else(|_| Vec::new(), Query::into_inner)
}

/// Any printable text. The use case decides what it may be.
pub(crate) fn text(text: &str) -> Result<String, Wrong> {
    Ok(text.to_owned())
}

/// The schema of an id in a query.
pub(crate) fn id_schema(_: &mut Components) -> Value {
    json!({"type": "string", "format": "uuid"})
}
