//! An image is served, and compared with all that was acknowledged before the power loss.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{
    operation::Operation,
    play::{CUSTOMER, PATIENCE, body_of},
};
use crate::{Answer, Binary, PASSWORD, Server, answer::text, tables::rows_after_a_crash};

/// How many of the keys that were used last are used again.
const KEYS: usize = 5;

/// The answers that clients got up to a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Acknowledged {
    /// The product that every order is for, once there is a customer.
    product: Option<Value>,
    /// The customer's access token.
    token: String,
    orders: BTreeMap<String, Value>,
    /// The keys of orders, the latest last.
    keys: Vec<(String, String)>,
}

impl Acknowledged {
    /// Records an answer that a client got.
    pub(super) fn note(&mut self, operation: &Operation) {
        match operation {
            Operation::Served(told) => {
                let told: Value = serde_json::from_str(told).unwrap();
                self.token = text(&told["token"]);
                self.product = Some(told["product"].clone());
            }
            Operation::Told(told) => self.note_order(&serde_json::from_str(told).unwrap()),
            _ => {}
        }
    }

    fn note_order(&mut self, told: &Value) {
        let (order, id) = (&told["order"], text(&told["order"]["id"]));
        if told["key"] != "" {
            self.keys.push((text(&told["key"]), id.clone()));
        }
        let known = self.orders.get(&id);
        if known.is_none_or(|known| version(known) < version(order)) {
            self.orders.insert(id, order.clone());
        }
    }

    pub(super) fn orders(&self) -> usize {
        self.orders.len()
    }
}

fn version(order: &Value) -> u64 {
    order["version"].as_u64().expect("an order has a version")
}

/// Whatever is not as it was acknowledged.
pub(super) fn inspect(binary: &Binary, folder: &Path, acknowledged: &Acknowledged) -> Vec<String> {
    let mut losses = missing_mails(folder);
    let serve = binary.command(folder, &["serve", "--bind", "127.0.0.1:0"]);
    let mut server = match Server::try_start(serve) {
        Ok(server) => server,
        Err(refused) => {
            losses.push(format!(
                "the image was refused: exit code {}, {}",
                refused.code, refused.stderr
            ));
            return losses;
        }
    };
    if let Some(product) = &acknowledged.product {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        // A server that ends while it is asked has lost data.
        let asked = runtime.block_on(missing_orders(server.url(), product, acknowledged));
        losses.extend(asked.unwrap_or_else(|error| vec![format!("the image cannot be served: {error}")]));
    }
    // The consequences of the orders must happen as well; the doctor reports where they did not.
    for (command, found) in [
        ("wait-idle", "not everything was delivered"),
        ("doctor", "the doctor found"),
    ] {
        let finished = binary.run(folder, &[command]);
        if finished.code != 0 {
            losses.push(format!(
                "{found}: exit code {}, {}{}",
                finished.code, finished.stdout, finished.stderr
            ));
        }
    }
    if !server.is_running() {
        losses.push(format!(
            "the server ended by itself: {}",
            server.log().so_far().join("\n")
        ));
    }
    server.kill();
    losses
}

/// Mails on the list of those that were sent, and not in the folder.
fn missing_mails(folder: &Path) -> Vec<String> {
    let file = folder.join("data/notifications.sqlite");
    if !file.exists() {
        return Vec::new();
    }
    let mails = fs::read_dir(folder.join("data/mail"));
    let there: BTreeSet<String> = mails.map_or_else(
        |_| BTreeSet::new(),
        |mails| {
            mails
                .map(|mail| mail.unwrap().file_name().into_string().unwrap())
                .collect()
        },
    );
    // With a copy: the server uses the image itself.
    let copy = tempfile::tempdir().unwrap();
    for name in [
        "notifications.sqlite",
        "notifications.sqlite-wal",
        "notifications.sqlite-journal",
    ] {
        let from = folder.join("data").join(name);
        if from.exists() {
            fs::copy(from, copy.path().join(name)).unwrap();
        }
    }
    let copy = copy.path().join("notifications.sqlite");
    let listed = rows_after_a_crash(&copy, "SELECT message_id FROM mails");
    let missing = listed.iter().filter(|mail| {
        let event = mail[0]
            .trim_start_matches('<')
            .split('@')
            .next()
            .unwrap_or_default();
        !there.contains(&format!("{event}.eml"))
    });
    missing
        .map(|mail| format!("mail {} is listed as sent and not there", mail[0]))
        .collect()
}

async fn missing_orders(
    url: &str,
    product: &Value,
    acknowledged: &Acknowledged,
) -> Result<Vec<String>, String> {
    let client = Client::builder().timeout(PATIENCE).build().unwrap();
    // A token that was signed before the power loss is valid after it, for a quarter of an hour.
    let mut token = acknowledged.token.clone();
    let known = client.get(format!("{url}/api/v1/users/me")).bearer_auth(&token);
    if ask(known).await?.status != 200 {
        let form = [
            ("grant_type", "password"),
            ("username", CUSTOMER),
            ("password", PASSWORD),
        ];
        let tokens = ask(client.post(format!("{url}/api/v1/auth/token")).form(&form)).await?;
        match tokens.json()["access_token"].as_str() {
            Some(access) => access.clone_into(&mut token),
            None => return Err(format!("the customer is not known any more: {}", tokens.text)),
        }
    }
    let mut found = BTreeMap::new();
    let mut page = "/orders?limit=100".to_owned();
    loop {
        let list = client.get(format!("{url}/api/v1{page}")).bearer_auth(&token);
        let list = ask(list).await?;
        if list.status != 200 {
            return Err(format!("the list of orders was answered {}", list.text));
        }
        let list = list.json();
        let orders = list["data"].as_array().unwrap().iter();
        found.extend(orders.map(|order| (text(&order["id"]), order.clone())));
        match list["next_cursor"].as_str() {
            Some(cursor) => page = format!("/orders?limit=100&cursor={cursor}"),
            None => break,
        }
    }
    let mut losses = Vec::new();
    for (id, expected) in &acknowledged.orders {
        match found.get(id) {
            None => losses.push(format!("order {id} is lost")),
            Some(order) if version(order) == version(expected) && order != expected => {
                losses.push(format!("found {order}, expected {expected}"));
            }
            Some(order) if version(order) < version(expected) || order["lines"] != expected["lines"] => {
                losses.push(format!(
                    "found {order}, expected {expected} or what came after it"
                ));
            }
            Some(_) => {}
        }
    }
    let place = |key: &str| -> RequestBuilder {
        let order = client.post(format!("{url}/api/v1/orders")).bearer_auth(&token);
        order.header("Idempotency-Key", key).json(&body_of(product))
    };
    for (key, id) in acknowledged.keys.iter().rev().take(KEYS) {
        let again = ask(place(key)).await?;
        if again.status != 201 || again.json()["id"] != json!(id) {
            losses.push(format!("key {key} of order {id} was answered {}", again.text));
        }
    }
    let another = ask(place("placed-after-the-cut")).await?;
    if another.status != 201 {
        losses.push(format!("a new order was refused: {}", another.text));
    }
    Ok(losses)
}

async fn ask(request: RequestBuilder) -> Result<Answer, String> {
    let response = request.send().await.map_err(|error| error.to_string())?;
    Answer::read(response).await.map_err(|error| error.to_string())
}
