//! What the pages load: their style sheet and their icon.

use crate::{
    answer::{Answer, Handled},
    request::Request,
    use_case_errors::not_found,
};

/// GET /ops/files/{file}
pub(crate) async fn file(request: Request) -> Handled {
    match request.http().match_info().get("file") {
        Some("style.css") => Ok(Answer::content(
            "text/css; charset=utf-8",
            include_bytes!("style.css"),
        )),
        Some("icon.svg") => Ok(Answer::content("image/svg+xml", include_bytes!("icon.svg"))),
        Some(_) | None => Err(not_found("ops_file")),
    }
}
