//! The operators' pages, as a browser gets them.

mod acting;
mod logging_in;
mod orders;

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};

use super::{
    operators::LETTER,
    shop::{Answered, PASSWORD, Shop},
};

/// A browser: it keeps one cookie, and sends the token of the last form that it was shown.
pub(super) struct Browser<'shop> {
    pub(super) shop: &'shop Shop,
    pub(super) cookie: Option<String>,
    pub(super) form_token: String,
}

impl<'shop> Browser<'shop> {
    pub(super) const fn of(shop: &'shop Shop) -> Self {
        Self {
            shop,
            cookie: None,
            form_token: String::new(),
        }
    }

    /// One that an admin has logged in with.
    pub(super) async fn of_an_admin(shop: &'shop Shop) -> Self {
        shop.admin().await;
        let mut browser = Self::of(shop);
        let answer = browser.log_in("admin@example.com", PASSWORD).await;
        assert_eq!(answer.header("location"), Some("/ops"), "{answer:?}");
        browser
    }

    pub(super) fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = TestRequest::with_uri(path).method(method);
        match &self.cookie {
            Some(cookie) => request.insert_header(("Cookie", format!("other=1; {cookie}"))),
            None => request,
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answered {
        let answer = self.shop.send(self.request(Method::GET, path)).await;
        let token = answer.text.split("name=\"form_token\" value=\"").nth(1);
        if let Some(token) = token.and_then(|rest| rest.split('"').next()) {
            token.clone_into(&mut self.form_token);
        }
        answer
    }

    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let token = self.form_token.clone();
        let mut form = vec![("form_token", token.as_str())];
        form.extend_from_slice(fields);
        let answer = self
            .shop
            .send(self.request(Method::POST, path).set_form(form))
            .await;
        self.keep_cookie(&answer);
        answer
    }

    pub(super) async fn log_in(&mut self, username: &str, password: &str) -> Answered {
        self.post("/ops/log-in", &[("username", username), ("password", password)])
            .await
    }

    fn keep_cookie(&mut self, answer: &Answered) {
        if let Some(cookie) = answer.header("set-cookie") {
            let pair = cookie.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
    }
}

#[actix_web::test]
async fn every_page_is_guarded_whatever_it_answers() {
    let shop = Shop::with_dead_letters(1);
    let mut browser = Browser::of_an_admin(&shop).await;
    let letter = format!("/ops/dead-letters/{LETTER}");
    for (path, status) in [
        ("/ops", StatusCode::OK),
        ("/ops/dead-letters", StatusCode::OK),
        (&letter, StatusCode::OK),
        ("/ops/actions", StatusCode::OK),
        ("/ops/log-in", StatusCode::OK),
        ("/ops/dead-letters/7", StatusCode::NOT_FOUND),
        ("/ops/dead-letters?cursor=7", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(
            page.header("content-security-policy"),
            Some(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'"
            )
        );
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        for forbidden in ["<script", "<style", " style=", "javascript:", "//"] {
            assert!(!page.text.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

#[actix_web::test]
async fn the_files_that_pages_name_are_served() {
    let shop = Shop::open();
    let page = Browser::of(&shop).get("/ops/log-in").await;
    let files: Vec<&str> = page
        .text
        .split('"')
        .filter(|text| text.starts_with("/ops/files/"))
        .collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for path in files {
        let file = Browser::of(&shop).get(path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert!(!file.text.is_empty(), "{path}");
    }
    let nothing = Browser::of(&shop).get("/ops/files/passwd").await;
    assert_eq!(nothing.refusal(), (404, "ops_file_not_found".to_owned()));
}

#[actix_web::test]
async fn what_an_event_or_an_operator_says_is_escaped() {
    let shop = Shop::with_dead_letters(1);
    let mut browser = Browser::of_an_admin(&shop).await;
    let page = browser.get(&format!("/ops/dead-letters/{LETTER}")).await;
    assert!(page.text.contains("&lt;ada@example.com&gt;"), "{}", page.text);
    assert!(!page.text.contains("<ada@"), "{}", page.text);
    let reason = [("reason", "<b>\"mail\" & so</b>")];
    browser.get("/ops").await;
    browser.post("/ops/consumers/ordering.users/pause", &reason).await;
    for path in ["/ops", "/ops/actions"] {
        let page = browser.get(path).await.text;
        assert!(
            page.contains("&lt;b&gt;&quot;mail&quot; &amp; so&lt;/b&gt;"),
            "{page}"
        );
    }
}
