//! `/docs`: the contract as an interactive page, with log-in and requests.
//!
//! Swagger UI, served from the binary. Its content security policy allows requests to this server only, so it
//! works without a network, and its input is sent nowhere else.

use actix_web::http::header::HeaderValue;
use schema::json;
use utoipa_swagger_ui::Config;

use crate::{
    answer::{Answer, Handled},
    codes,
    endpoint::{Endpoint, GET, public},
    problem::Problem,
    request::Request,
    use_case_errors::not_found,
};

/// Swagger UI sets styles on its elements, and draws with images in data URLs.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A file that the page loads.
struct File {
    name: &'static str,
    media_type: &'static str,
    source: Source,
}

enum Source {
    Ours(&'static [u8]),
    SwaggerUi,
}

/// Every file that the page loads.
const FILES: [File; 4] = [
    File {
        name: "start.js",
        media_type: "text/javascript; charset=utf-8",
        source: Source::Ours(include_bytes!("docs/start.js")),
    },
    File {
        name: "page.css",
        media_type: "text/css; charset=utf-8",
        source: Source::Ours(include_bytes!("docs/page.css")),
    },
    File {
        name: "swagger-ui-bundle.js",
        media_type: "text/javascript; charset=utf-8",
        source: Source::SwaggerUi,
    },
    File {
        name: "swagger-ui.css",
        media_type: "text/css; charset=utf-8",
        source: Source::SwaggerUi,
    },
];

pub(crate) fn get_docs() -> Endpoint {
    public(GET, "/docs", page)
        .named("getDocs", "The API page")
        .saying("Reads this document and lets one log in and try everything. Asks no other machine.")
        .by_the_process()
        .answering_page("text/html", "The page.")
}

async fn page(_: Request) -> Handled {
    Ok(
        Answer::content("text/html; charset=utf-8", include_bytes!("docs/page.html"))
            .guarded_by(CONTENT_SECURITY_POLICY),
    )
}

pub(crate) fn get_docs_file() -> Endpoint {
    public(GET, "/docs/{file}", file)
        .named("getDocsFile", "A file of the API page")
        .by_the_process()
        .by_name(|_| json!({"type": "string", "enum": FILES.map(|file| file.name)}))
        .answering_page("*/*", "The file.")
        .refusing(&[codes::DOCS_FILE_NOT_FOUND])
}

async fn file(request: Request) -> Handled {
    let name = request.http().match_info().get("file");
    let file = FILES
        .iter()
        .find(|file| Some(file.name) == name)
        .ok_or_else(|| not_found("docs_file"))?;
    match file.source {
        Source::Ours(bytes) => Ok(Answer::content(file.media_type, bytes)),
        Source::SwaggerUi => {
            let found = utoipa_swagger_ui::serve(file.name, Config::default().into())
                .ok()
                .flatten()
                .ok_or_else(|| Problem::internal_error(format!("Swagger UI has no {}", file.name)))?;
            Ok(Answer::content(file.media_type, &found.bytes))
        }
    }
}
