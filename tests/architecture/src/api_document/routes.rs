//! The routes in the source: the rows of the route table.

use super::Told;
use crate::{SourceFile, Violation};

const ROUTES: &str = "crates/web/src/routes.rs";
/// The functions that make a row, each named as its policy.
pub(super) const POLICIES: [&str; 6] = ["public", "authenticated", "owner", "staff", "admin", "operator"];

/// The routes in `files`, and whether there were none.
pub(super) fn of(files: &[SourceFile]) -> (Vec<Told>, Option<Violation>) {
    let text = files
        .iter()
        .find(|file| file.path == ROUTES)
        .map_or("", |file| &file.text);
    let mut routes = Vec::new();
    for policy in POLICIES {
        for rest in text.split(&format!(" {policy}(")).skip(1) {
            let Some((method, rest)) = rest.split_once(", \"") else {
                continue;
            };
            let path = rest.split('"').next().unwrap_or_default();
            routes.push(Told::new(&format!("{method} {path}"), policy, ROUTES));
        }
    }
    let none = routes.is_empty();
    (
        routes,
        none.then(|| Violation::matched_nothing(ROUTES, "a route table")),
    )
}
