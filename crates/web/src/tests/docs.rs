//! The API page: it has all its parts, and loads nothing from another machine.

use actix_web::{http::StatusCode, test::TestRequest};

use super::shop::Shop;

#[actix_web::test]
async fn the_page_and_every_file_that_it_names_are_served() {
    let shop = Shop::open();
    let page = shop.send(TestRequest::with_uri("/docs")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let quoted: Vec<&str> = page
        .text
        .split('"')
        .filter(|text| text.starts_with('/'))
        .collect();
    assert_eq!(quoted.len(), 5, "{quoted:?}");
    for path in quoted {
        let file = shop.send(TestRequest::with_uri(path)).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert!(!file.text.is_empty(), "{path}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    }
    let nothing = shop.send(TestRequest::with_uri("/docs/passwd")).await;
    assert_eq!(nothing.refusal(), (404, "docs_file_not_found".to_owned()));
}

#[actix_web::test]
async fn the_page_may_reach_this_server_and_no_other() {
    let shop = Shop::open();
    let page = shop.send(TestRequest::with_uri("/docs")).await;
    assert!(!page.text.contains("//"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
    let elsewhere = shop.send(TestRequest::with_uri("/livez")).await;
    assert_eq!(
        elsewhere.header("content-security-policy"),
        Some("default-src 'none'")
    );
}
