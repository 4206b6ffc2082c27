//! A shop for odd requests: the same one on each engine, with some of everything in it.

use acceptance::{
    Answer, Asking, Engine, Login, PASSWORD, TestApp, an_address, an_order, answer::text, steps::taken,
};
use reqwest::{Client, RequestBuilder, header::HeaderValue, redirect::Policy};
use serde_json::Value;

use crate::{
    contract::{Body, Operation, Place},
    oddities::Oddity,
};

const NOBODY: &str = "0197b2c4-0000-7000-8000-00000000dead";
/// The place of the odd value in a body.
const HERE: &str = "the-odd-value-goes-here";

pub(crate) struct Shop {
    app: TestApp,
    client: Client,
    admin: Login,
    product_id: String,
    cookie: String,
    form_token: String,
}

/// What was answered, without what differs from run to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) status: u16,
    code: String,
    errors: Vec<String>,
    found: String,
}

impl Shop {
    pub(crate) async fn open(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        app.register("ada").await;
        let admin = app.admin().await;
        let product_id = text(&app.kettle().await.body()["product_id"]);
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut shop = Self {
            app,
            client,
            admin,
            product_id,
            cookie: String::new(),
            form_token: String::new(),
        };
        shop.log_in_to_the_pages().await;
        shop
    }

    pub(crate) async fn contract(&self) -> Value {
        let url = format!("{}/openapi.json", self.app.server.url());
        self.client.get(url).answer().await.expecting(200)
    }

    async fn log_in_to_the_pages(&mut self) {
        let url = format!("{}/ops/log-in", self.app.server.url());
        let form = [("username", self.admin.email.as_str()), ("password", PASSWORD)];
        let answer = self.client.post(url).form(&form).answer().await;
        let cookie = answer.header("set-cookie").unwrap();
        self.cookie = cookie.split(';').next().unwrap().to_owned();
        let url = format!("{}/ops", self.app.server.url());
        let overview = self.client.get(url).header("Cookie", &self.cookie).answer().await;
        let (_, token) = overview.text.split_once("name=\"form_token\" value=\"").unwrap();
        self.form_token = token.split('"').next().unwrap().to_owned();
    }

    /// Asks for this, with the odd value in this place and all else in order.
    pub(crate) async fn ask(&self, operation: &Operation, place: &Place, odd: &Oddity) -> Told {
        let order = match place {
            Place::Header(_) => Value::Null,
            _ if operation.path.contains("{order_id}") => self.order_for(&operation.path).await,
            _ => Value::Null,
        };
        let (mut path, mut query) = (operation.path.clone(), String::new());
        match place {
            Place::Path(name) => path = path.replace(&format!("{{{name}}}"), &odd.url),
            Place::Query(name) => query = format!("?{name}={}", odd.url),
            Place::Header(_) | Place::Json(_) | Place::Form(_) => {}
        }
        for (name, id) in self.ids(&order, place) {
            path = path.replace(&format!("{{{name}}}"), &id);
        }
        // For what is still in braces, there is no id here.
        while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
            path.replace_range(begin..=end, NOBODY);
        }
        let url = format!("{}{path}{query}", self.app.server.url());
        let mut asking = self.client.request(operation.method.clone(), url);
        if path.starts_with("/ops") {
            asking = asking.header("Cookie", &self.cookie);
        } else {
            asking = asking.by(&self.admin);
        }
        if let Place::Header(name) = place {
            asking = asking.header(name, HeaderValue::from_bytes(&odd.json).unwrap());
        }
        let answer = self.with_body(asking, &operation.body, place, odd).answer().await;
        told(&answer, place, path.starts_with("/ops"))
    }

    /// A new order, so that no answer depends on what was asked before; one that can be shipped, if it is to be.
    async fn order_for(&self, path: &str) -> Value {
        let kettle = self.app.kettle().await;
        let order = self
            .app
            .place(&self.admin, &an_order().with_line(kettle).body())
            .await;
        if path.ends_with("/ship") {
            taken(&self.app, &self.admin, &order, "confirm", &an_address()).await;
        }
        order
    }

    /// Existing ids, for the braces of a path. With an odd header there are none, so that nothing is changed repeatedly.
    fn ids(&self, order: &Value, place: &Place) -> Vec<(&'static str, String)> {
        if matches!(place, Place::Header(_)) {
            return Vec::new();
        }
        let mut ids = vec![
            ("product_id", self.product_id.clone()),
            ("customer_id", self.admin.user_id.clone()),
            ("consumer", "ordering.users".to_owned()),
        ];
        if !order.is_null() {
            ids.push(("order_id", text(&order["id"])));
            ids.push(("line_id", text(&order["lines"][0]["id"])));
        }
        ids
    }

    fn with_body(&self, asking: RequestBuilder, body: &Body, place: &Place, odd: &Oddity) -> RequestBuilder {
        match body {
            Body::Nothing => asking,
            Body::Json(sample) => {
                let mut sample = sample.clone();
                if let Place::Json(pointer) = place {
                    *sample.pointer_mut(pointer).unwrap() = HERE.into();
                }
                let written = sample.to_string();
                let (before, after) = written
                    .split_once(&format!("\"{HERE}\""))
                    .unwrap_or((&written, ""));
                let mut bytes = before.as_bytes().to_vec();
                if !after.is_empty() {
                    bytes.extend(&odd.json);
                    bytes.extend(after.as_bytes());
                }
                asking.header("Content-Type", "application/json").body(bytes)
            }
            Body::Form(fields) => form(asking, fields, place, odd, ""),
            Body::PageForm(fields) => {
                let token = format!("form_token={}&", self.form_token);
                form(asking, fields, place, odd, &token)
            }
        }
    }
}

fn form(
    asking: RequestBuilder,
    fields: &[String],
    place: &Place,
    odd: &Oddity,
    token: &str,
) -> RequestBuilder {
    let pairs = fields.iter().map(|field| match (place, field.as_str()) {
        (Place::Form(name), field) if name == field => format!("{field}={}", odd.url),
        (_, "grant_type") if fields.iter().any(|field| field == "refresh_token") => {
            "grant_type=refresh_token".to_owned()
        }
        (_, "grant_type") => "grant_type=password".to_owned(),
        (_, field) => format!("{field}=nothing-of-anybodys"),
    });
    let pairs: Vec<String> = pairs.collect();
    asking
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("{token}{}", pairs.join("&")))
}

fn told(answer: &Answer, place: &Place, is_page: bool) -> Told {
    let (status, code) = answer.refusal();
    // What is found is compared where it was asked for; elsewhere, what happens beside the requests would be compared as well.
    let found = matches!(place, Place::Query(_)) && answer.json()["data"].is_array();
    Told {
        status,
        code,
        errors: if is_page { Vec::new() } else { answer.errors() },
        found: if found { answer.redacted() } else { String::new() },
    }
}
