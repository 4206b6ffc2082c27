//! Which pages of other origins may ask from a browser: none, unless the operator names them.
//!
//! They ask with tokens. Cookies are not sent along, so the operators' pages are for their own origin alone.

use std::str::FromStr;

use actix_cors::Cors;
use actix_web::http::{Uri, header};

/// How long a browser may remember what is allowed, in seconds.
const REMEMBERED_SECONDS: usize = 60 * 60;
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// What requests may say, beyond what any page may.
const ASKED: [&str; 8] = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "request-id",
    "traceparent",
];
/// What pages may read of answers, beyond what any page may.
const ANSWERED: [&str; 8] = [
    "etag",
    "idempotent-replayed",
    "link",
    "location",
    "preference-applied",
    "request-id",
    "retry-after",
    "www-authenticate",
];

/// An origin of pages: scheme, host and port, as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsOrigin(String);

/// The text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected origins, as in https://shop.example.com,http://localhost:3000")]
pub struct InvalidCorsOrigin;

impl FromStr for CorsOrigin {
    type Err = InvalidCorsOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidCorsOrigin> {
        let text = text.trim();
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let is_host = |host: &str| !host.is_empty() && !host.contains(['/', '*', '@', '?', '#']);
        let is_origin = host.is_some_and(is_host) && text.parse::<Uri>().is_ok();
        // Browsers compare letter by letter, and write hosts in lower case.
        let origin = is_origin && text == text.to_ascii_lowercase();
        if origin {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCorsOrigin)
        }
    }
}

/// What browsers are told about these origins.
pub(crate) fn cors(origins: &[CorsOrigin]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(METHODS)
        .allowed_headers(ASKED)
        .expose_headers(ANSWERED)
        .max_age(REMEMBERED_SECONDS);
    let allowed = origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(&origin.0));
    allowed.allowed_header(header::ACCEPT)
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse,
        http::{Method, StatusCode},
        middleware::Condition,
        test::{TestRequest, call_service, init_service},
        web,
    };

    use super::*;

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_no_path() {
        for text in ["https://shop.example.com", "http://localhost:3000"] {
            assert!(text.parse::<CorsOrigin>().is_ok(), "{text}");
        }
        for text in [
            "",
            "*",
            "shop.example.com",
            "https://",
            "https://*.example.com",
            "https://shop.example.com/",
            "https://Shop.example.com",
            "ftp://shop.example.com",
        ] {
            assert_eq!(text.parse::<CorsOrigin>(), Err(InvalidCorsOrigin), "{text}");
        }
    }

    /// The answer's status, and whom it allows.
    async fn asked(allowed: &[&str], origin: &str, method: Method) -> (StatusCode, Option<String>) {
        let origins: Vec<CorsOrigin> = allowed.iter().map(|origin| origin.parse().unwrap()).collect();
        let app = App::new()
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .route("/", web::get().to(HttpResponse::Ok));
        let app = init_service(app).await;
        let request = TestRequest::default()
            .method(method)
            .insert_header(("Origin", origin.to_owned()))
            .insert_header(("Access-Control-Request-Method", "GET"))
            .insert_header(("Access-Control-Request-Headers", "authorization,if-match"));
        let response = call_service(&app, request.to_request()).await;
        let header = response.headers().get("access-control-allow-origin");
        (
            response.status(),
            header.map(|value| value.to_str().unwrap().to_owned()),
        )
    }

    #[actix_web::test]
    async fn pages_of_the_named_origins_may_ask_and_no_others() {
        const SHOP: &str = "https://shop.example.com";
        let preflight = asked(&[SHOP], SHOP, Method::OPTIONS).await;
        assert_eq!(preflight, (StatusCode::OK, Some(SHOP.to_owned())));
        let asking = asked(&[SHOP], SHOP, Method::GET).await;
        assert_eq!(asking, (StatusCode::OK, Some(SHOP.to_owned())));
        for method in [Method::OPTIONS, Method::GET] {
            let (_, allowed) = asked(&[SHOP], "https://elsewhere.example.com", method.clone()).await;
            assert_eq!(allowed, None, "{method}");
            let (_, allowed) = asked(&[], SHOP, method.clone()).await;
            assert_eq!(allowed, None, "{method}, without the setting");
        }
    }
}
