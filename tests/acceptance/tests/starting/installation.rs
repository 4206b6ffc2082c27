//! Installations without a server, and servers that do not start.

use std::path::Path;

use acceptance::{Asking, Binary, Engine, Finished, Installation, PASSWORD, Server, test_app::email};
use serde_json::{Value, json};

pub(crate) const SERVE: [&str; 3] = ["serve", "--bind", "127.0.0.1:0"];

/// Asserts that a server does not start, and its message.
pub(crate) fn refused_to_start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Finished {
    let mut command = Binary::released().command(folder, arguments);
    command.envs(environment.iter().copied());
    match Server::try_start(command) {
        Ok(_) => panic!("a server started with {arguments:?} and {environment:?}"),
        Err(finished) => finished,
    }
}

/// An installation in files, without a server.
pub(crate) async fn a_closed_installation() -> (Installation, Value) {
    let installation = Installation::new(Engine::Sqlite);
    let mut server = Server::start(&Binary::released(), installation.path());
    let body = json!({"email": email("ada"), "password": PASSWORD});
    let url = format!("{}/api/v1/users", server.url());
    let ada = reqwest::Client::new()
        .post(url)
        .json(&body)
        .answer()
        .await
        .expecting(201);
    Binary::released()
        .run(installation.path(), &["wait-idle", "--timeout", "60"])
        .expecting_success();
    server.stop();
    (installation, ada)
}
