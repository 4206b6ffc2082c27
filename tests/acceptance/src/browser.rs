//! A headless browser, driven by WebDriver (W3C), with scripts switched off in every page.
//!
//! Only a few calls of that protocol are needed here, each one request: less to maintain than a crate for it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lines::Lines;

/// Debian's package `chromium-driver`; it finds its own browser.
const DRIVER: &str = "chromedriver";
/// How long a page may take to show what it has to show, in milliseconds. The driver does the waiting.
const PATIENCE_MILLISECONDS: u64 = 30_000;
/// The driver's line when it listens, before its port.
const LISTENING: &str = "was started successfully on port ";
/// Requests to this machine only, and no sandbox, which cannot be used as root.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser, until this is dropped.
pub struct Browser {
    driver: Child,
    /// Where the driver listens.
    address: String,
    client: Client,
    session_id: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts one.
    pub async fn start() -> Self {
        let mut driver = Command::new(DRIVER)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{DRIVER}: {error}; make test installs it, and so does apt-get install chromium-driver"
                )
            });
        let output = Lines::default();
        output.collect(driver.stdout.take().expect("it was piped"));
        let line = output.wait_for(LISTENING);
        let (_, port) = line.split_once(LISTENING).expect("it was waited for");
        let profile = tempfile::tempdir().unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([folder.as_str()]).collect();
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "timeouts": {"implicit": PATIENCE_MILLISECONDS},
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {"profile.managed_default_content_settings.javascript": 2},
            },
        }}});
        let mut browser = Self {
            driver,
            address: format!("127.0.0.1:{}", port.trim_end_matches('.')),
            client: Client::new(),
            session_id: String::new(),
            _profile: profile,
        };
        let session = browser.send(Method::POST, "/session", capabilities).await;
        session["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut browser.session_id);
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

    /// Waits until the page does not say this.
    pub async fn see_no(&self, text: &str) {
        self.element("xpath", &format!("//body[not(contains(., \"{text}\"))]"))
            .await;
    }

    /// The text of the element of a CSS selector, with single spaces between its words.
    pub async fn text_of(&self, element: &str) -> String {
        let element = self.element("css selector", element).await;
        let text = self
            .call(Method::GET, &format!("/element/{element}/text"), Value::Null)
            .await;
        let words: Vec<&str> = text.as_str().unwrap().split_whitespace().collect();
        words.join(" ")
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

    async fn element(&self, using: &str, value: &str) -> String {
        let found = self
            .call(Method::POST, "/element", json!({"using": using, "value": value}))
            .await;
        let ids = found.as_object().unwrap().values();
        ids.map(|id| id.as_str().unwrap().to_owned()).next().unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let path = format!("/session/{}{path}", self.session_id);
        self.send(method, &path, body).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.request(method, url);
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

    /// Makes the driver end the browser, which would outlive it. Errors are ignored: there may be no browser.
    fn close(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect(&self.address)?;
        write!(
            connection,
            "DELETE /session/{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.session_id, self.address
        )?;
        // The driver keeps the connection, and answers when the browser has ended.
        connection.read_exact(&mut [0])
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.close();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
