//! Lists: `limit`, `cursor`, and the way to the next page.
//!
//! What a cursor is, is its own affair: see [`crate::cursors`].

use ordering_app::PageRequest;
use serde::Serialize;

use crate::{
    cursors::Cursors,
    field_errors::{FieldCode, Wrong},
    parameters::Parameters,
};

const SMALLEST_LIMIT: u32 = 1;
const LARGEST_LIMIT: u32 = 100;
const USUAL_LIMIT: u32 = 20;
/// A list on the wire.
#[derive(Serialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    pub(crate) next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that is never longer than one page.
    pub(crate) const fn whole(data: Vec<T>) -> Self {
        Self {
            data,
            next_cursor: None,
        }
    }
}

/// The page of the list named `list` that the query asks for.
pub(crate) fn page_request(
    parameters: &mut Parameters,
    cursors: &Cursors,
    list: &str,
) -> Option<PageRequest> {
    let limit = parameters.optional("limit", limit);
    let after = parameters.optional("cursor", |cursor| {
        cursors.position(list, cursor).ok_or_else(|| {
            let detail = "expected a cursor as an earlier answer to the same query gave it";
            Wrong::new(FieldCode::InvalidCursor, detail)
        })
    });
    Some(PageRequest {
        limit: limit?.unwrap_or(USUAL_LIMIT),
        after: after?,
    })
}

/// The name of the list that a query asks for: its path and its filters, whatever their order, without the page.
pub(crate) fn list_name(path: &str, query: &str) -> String {
    let mut filters: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=") && !pair.starts_with("limit="))
        .collect();
    filters.sort_unstable();
    format!("{path}?{}", filters.join("&"))
}

fn limit(text: &str) -> Result<u32, Wrong> {
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (SMALLEST_LIMIT..=LARGEST_LIMIT).contains(limit));
    limit.ok_or_else(|| {
        let detail = format!("expected a whole number from {SMALLEST_LIMIT} to {LARGEST_LIMIT}");
        Wrong::new(FieldCode::InvalidLimit, detail)
    })
}

/// The `Link` to the next page: the same query, with another cursor.
pub(crate) fn next_link(path: &str, query: &str, cursor: &str) -> String {
    let kept: String = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
        .flat_map(|pair| [pair, "&"])
        .collect();
    format!("<{path}?{kept}cursor={cursor}>; rel=\"next\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_named_by_its_filters_and_not_by_its_pages() {
        let name = list_name("/orders", "status=pending&limit=5&reference=A");
        assert_eq!(
            name,
            list_name("/orders", "reference=A&cursor=1&status=pending&limit=7")
        );
        assert_ne!(name, list_name("/orders", "reference=A"));
        assert_ne!(list_name("/orders", ""), list_name("/users", ""));
    }

    #[test]
    fn the_next_link_keeps_the_filters_and_replaces_the_cursor() {
        assert_eq!(
            next_link("/orders", "status=pending&cursor=1&limit=5", "2"),
            r#"</orders?status=pending&limit=5&cursor=2>; rel="next""#
        );
        assert_eq!(next_link("/orders", "", "2"), r#"</orders?cursor=2>; rel="next""#);
    }
}
