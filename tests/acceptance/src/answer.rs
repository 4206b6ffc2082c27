//! An answer, parsed and normalised so that it can be compared as a whole.

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

/// A whole answer. One whose body broke off counts as none.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Reads a response to its end.
    ///
    /// # Errors
    /// When the connection breaks before that.
    pub async fn read(response: Response) -> Result<Self, reqwest::Error> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body of an answer that has to have this status.
    pub fn expecting(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and code, which are all of most refusals.
    pub fn refusal(&self) -> (u16, String) {
        let body = self.json();
        let code = body["code"].as_str().or(body["error"].as_str());
        (self.status, code.unwrap_or_default().to_owned())
    }

    /// The field errors, each as `pointer code`.
    pub fn errors(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| format!("{} {}", text(&error["pointer"]), text(&error["code"])))
            .collect()
    }

    /// The body, indented, without what differs from run to run.
    pub fn redacted(&self) -> String {
        let mut body = self.json();
        redact("", &mut body);
        serde_json::to_string_pretty(&body).unwrap()
    }
}

/// A text in a body that has to be one.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("found {value}, expected a text"))
        .to_owned()
}

/// Replaces what differs from run to run by its kind: ids, times, references, tokens.
fn redact(name: &str, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                redact(name, value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(name, item)),
        Value::String(found) => {
            let is_random = name == "id" || name == "reference" || name.ends_with("_id");
            let is_time = name.ends_with("_at");
            if is_random || is_time || name.ends_with("_token") {
                *found = format!("[{name}]");
            } else if name == "instance" {
                *found = without_ids(found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without_ids(path: &str) -> String {
    let is_id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if is_id(part) { "[id]" } else { part })
        .collect();
    parts.join("/")
}
