//! A server does not start on a log that it can read and cannot sync.

use acceptance::{Asking, Binary, Engine, Installation, PASSWORD, Server, power_cuts::Recording};
use reqwest::Client;
use serde_json::json;

const SERVE: [&str; 3] = ["serve", "--bind", "127.0.0.1:0"];

#[tokio::test]
async fn a_start_that_cannot_sync_what_it_reads_is_refused_in_one_line() {
    let installation = Installation::new(Engine::Sqlite);
    let recording = Recording::of(installation.path());
    let binary = Binary::released().recorded_by(&recording);
    let mut server = Server::start(&binary, installation.path());
    let ada = json!({"email": "ada@example.com", "password": PASSWORD});
    let users = format!("{}/api/v1/users", server.url());
    Client::new()
        .post(&users)
        .json(&ada)
        .answer()
        .await
        .expecting(201);
    // Its log is left to be read by the next start.
    server.kill();
    for unsynced in ["data/accounts.sqlite-wal", "data/accounts.sqlite", "data"] {
        recording.fail_syncs_of(unsynced);
        for refused in ["the first time", "and again"] {
            let line = binary.run(installation.path(), &SERVE).expecting_one_line(3);
            assert!(line.contains(unsynced), "{refused}: {line}");
        }
        recording.let_syncs_succeed();
    }
    let server = Server::start(&binary, installation.path());
    let users = format!("{}/api/v1/users", server.url());
    let again = Client::new().post(&users).json(&ada).answer().await;
    assert_eq!(again.refusal(), (409, "email_already_registered".to_owned()));
}
