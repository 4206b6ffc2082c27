//! What the pages load: their style sheet and their icon.

use crate::{
    answer::{Answer, Handled},
    endpoint::{Endpoint, GET, public},
    request::Request,
    use_case_errors::not_found,
};

pub(crate) fn page_file() -> Endpoint {
    public(GET, "/ops/files/{file}", file).saying("One of the pages' files; 404 `ops_file_not_found`.")
}

async fn file(request: Request) -> Handled {
    match request.http().match_info().get("file") {
        Some("style.css") => Ok(Answer::content(
            "text/css; charset=utf-8",
            include_bytes!("style.css").as_slice(),
        )),
        Some("icon.svg") => Ok(Answer::content(
            "image/svg+xml",
            include_bytes!("icon.svg").as_slice(),
        )),
        Some(_) | None => Err(not_found("ops_file")),
    }
}
