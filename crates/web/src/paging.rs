//! Lists: `limit`, `cursor`, and the link to the next page.
//!
//! What a cursor contains is described in [`crate::cursors`].

use actix_web::http::header;
use schema::{Components, HasSchema, Object, Value, json};
use serde::Serialize;

use crate::{
    answer::{Answer, Handled},
    cursors::CursorPosition,
    field_errors::{FieldCode, Wrong},
    parameters::Parameters,
    request::Request,
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

/// Without its cursor's description, which depends on whether there can be another page.
impl<T: HasSchema> HasSchema for List<T> {
    fn schema(components: &mut Components) -> Value {
        let mut object = Object::default();
        object.field("data", true, Vec::<T>::schema(components));
        object.field("next_cursor", true, json!({"type": ["string", "null"]}));
        object.schema("", json!({}))
    }
}

/// The schema of `limit`.
pub(crate) fn limit_schema(_: &mut Components) -> Value {
    json!({"type": "integer", "minimum": SMALLEST_LIMIT, "maximum": LARGEST_LIMIT, "default": USUAL_LIMIT})
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

/// How long a page may be, and after which position it begins.
pub(crate) fn page_request(
    parameters: &mut Parameters,
    request: &Request,
) -> Option<(u32, Option<CursorPosition>)> {
    let limit = limit(parameters);
    let after = parameters.optional("cursor", |cursor| {
        let cursors = &request.state().cursors;
        cursors.position(&list_of(request), cursor).ok_or_else(|| {
            let detail = "expected a cursor as an earlier answer to the same query gave it";
            Wrong::new(FieldCode::InvalidCursor, detail)
        })
    });
    Some((limit?, after?))
}

/// How long a page, or a list without pages, is to be.
pub(crate) fn limit(parameters: &mut Parameters) -> Option<u32> {
    let limit = parameters.optional("limit", parse_limit)?;
    Some(limit.unwrap_or(USUAL_LIMIT))
}

/// A page of the list that was asked for. The next one begins after `next`.
pub(crate) fn page<T>(request: &Request, data: Vec<T>, next: Option<CursorPosition>) -> List<T> {
    let next_cursor = next.map(|next| request.state().cursors.cursor(&list_of(request), &next));
    List { data, next_cursor }
}

/// 200 with a page, and the link to the next one.
pub(crate) fn answer<T: Serialize>(request: &Request, page: &List<T>) -> Handled<List<T>> {
    let http = request.http();
    let answer = Answer::ok(page)?;
    Ok(match &page.next_cursor {
        None => answer,
        Some(cursor) => {
            let next = next_link(http.path(), http.query_string(), cursor);
            answer.with_text_header(header::LINK, &next)
        }
    })
}

fn list_of(request: &Request) -> String {
    list_name(request.http().path(), request.http().query_string())
}

/// The name of a query's list: its path and its filters, whatever their order, without the page.
fn list_name(path: &str, query: &str) -> String {
    let mut filters: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=") && !pair.starts_with("limit="))
        .collect();
    filters.sort_unstable();
    format!("{path}?{}", filters.join("&"))
}

fn parse_limit(text: &str) -> Result<u32, Wrong> {
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
fn next_link(path: &str, query: &str, cursor: &str) -> String {
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
