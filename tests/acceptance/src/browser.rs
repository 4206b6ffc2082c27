//! A browser without a window, driven as WebDriver has it (W3C), with scripts switched off in every page.
//!
//! Of that protocol a handful of calls is needed here, each one request: less to keep than a crate for it.

use std::process::{Child, Command, Stdio};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{binary::from_environment, lines::Lines};

/// How long a page may take to show what it has to show, in milliseconds. The driver does the waiting.
const PATIENCE_MILLISECONDS: u64 = 30_000;
/// What the driver says when it listens, in front of its port.
const LISTENING: &str = "was started successfully on port ";
/// No network but this machine's, and no sandbox, which root has none of.
const ARGUMENTS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser, until this is dropped.
pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts one: the programs that `ORDERLY_TEST_CHROMEDRIVER` and `ORDERLY_TEST_CHROMIUM` name.
    pub async fn start() -> Self {
        let program = |variable| {
            from_environment(variable).unwrap_or_else(|| {
                panic!("{variable} is not set; make test sets it, or name the program that Debian has in its package")
            })
        };
        let mut driver = Command::new(program("ORDERLY_TEST_CHROMEDRIVER"))
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = Lines::default();
        output.collect(driver.stdout.take().expect("it was piped"));
        let line = output.wait_for(LISTENING);
        let (_, port) = line.split_once(LISTENING).expect("it was waited for");
        let mut browser = Self {
            driver,
            client: Client::new(),
            session: format!("http://127.0.0.1:{}/session", port.trim_end_matches('.')),
            _profile: tempfile::tempdir().unwrap(),
        };
        let profile = format!("--user-data-dir={}", browser._profile.path().display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([profile.as_str()]).collect();
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "timeouts": {"implicit": PATIENCE_MILLISECONDS},
            "goog:chromeOptions": {
                "binary": program("ORDERLY_TEST_CHROMIUM").to_str(),
                "args": arguments,
                "prefs": {"profile.managed_default_content_settings.javascript": 2},
            },
        }}});
        let session = browser.call(Method::POST, "", capabilities).await;
        browser.session += &format!("/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    /// Goes to an address.
    pub async fn open(&self, url: &str) {
        self.call(Method::POST, "/url", json!({"url": url})).await;
    }

    /// Waits until the page says this.
    pub async fn see(&self, text: &str) {
        self.element("xpath", &format!("//body[contains(., \"{text}\")]"))
            .await;
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        let body = self.element("css selector", "body").await;
        let text = self
            .call(Method::GET, &format!("/element/{body}/text"), Value::Null)
            .await;
        text.as_str().unwrap().to_owned()
    }

    /// Types into the field that a CSS selector finds, in place of what it holds.
    pub async fn write(&self, field: &str, text: &str) {
        let field = self.element("css selector", field).await;
        self.call(Method::POST, &format!("/element/{field}/clear"), json!({}))
            .await;
        self.call(
            Method::POST,
            &format!("/element/{field}/value"),
            json!({"text": text}),
        )
        .await;
    }

    /// Clicks what a CSS selector finds.
    pub async fn click(&self, element: &str) {
        let element = self.element("css selector", element).await;
        self.call(Method::POST, &format!("/element/{element}/click"), json!({}))
            .await;
    }

    /// Gives the window this width, in pixels.
    pub async fn become_wide(&self, width: u32) {
        self.call(
            Method::POST,
            "/window/rect",
            json!({"width": width, "height": 900}),
        )
        .await;
    }

    /// By how many pixels the page is wider than its window.
    pub async fn overhang(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let overhang = self
            .call(
                Method::POST,
                "/execute/sync",
                json!({"script": script, "args": []}),
            )
            .await;
        overhang.as_i64().unwrap()
    }

    /// Closes it.
    pub async fn quit(self) {
        self.call(Method::DELETE, "", Value::Null).await;
    }

    async fn element(&self, using: &str, value: &str) -> String {
        let found = self
            .call(Method::POST, "/element", json!({"using": using, "value": value}))
            .await;
        let ids = found.as_object().unwrap().values();
        ids.map(|id| id.as_str().unwrap().to_owned()).next().unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let mut request = self.client.request(method, format!("{}{path}", self.session));
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let mut answer: Value = response.json().await.unwrap();
        let value = answer["value"].take();
        assert!(status.is_success(), "{path} {body}: {value:#}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to end, the driver ends the browser as well; killed, it would leave it behind.
        let id = self.driver.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.driver.wait();
    }
}
