//! Data folders: unwritable, served by another, newer than this version, empty.

use std::fs;

use acceptance::{
    Asking, Binary, Engine, Server, TestApp, an_order,
    answer::text,
    data_folder::{kept, replace},
};
use serde_json::{Value, json};

use crate::installation::{SERVE, a_closed_installation};

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Not even root can make a folder below a file.
    fs::write(folder.path().join("file"), "in the way").unwrap();
    for arguments in [
        &[
            "serve",
            "--bind",
            "127.0.0.1:0",
            "--database-url",
            "sqlite:file/data",
        ][..],
        &["migrate", "up", "--database-url", "sqlite:file/data"],
    ] {
        let line = Binary::released()
            .run(folder.path(), arguments)
            .expecting_one_line(3);
        assert!(line.contains("file/data"), "{line}");
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("file")).unwrap(),
        "in the way"
    );
}

#[tokio::test]
async fn a_folder_that_is_served_is_served_by_one_server() {
    let app = TestApp::start(Engine::Sqlite);
    let ada = app.customer("ada").await;
    let second = app.run(&SERVE).expecting_one_line(3);
    assert!(second.contains("already served"), "{second}");
    app.place(&ada, &an_order().with_line(app.kettle().await).body())
        .await;
}

#[tokio::test]
async fn a_killed_server_leaves_no_lock_behind() {
    let mut app = TestApp::start(Engine::Sqlite);
    let ada = app.customer("ada").await;
    app.kill_and_restart();
    assert_eq!(
        app.get("/users/me").by(&ada).answer().await.status,
        200,
        "tokens outlive the process"
    );
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    for context in ["accounts", "catalog", "ordering", "inventory", "notifications"] {
        let (installation, ada) = a_closed_installation().await;
        let binary = Binary::released();
        let status = binary
            .run(installation.path(), &["migrate", "status", "--json"])
            .expecting_success();
        let status: Value = serde_json::from_str(&status).unwrap();
        let contexts = status["contexts"].as_array().unwrap();
        let applied = contexts.iter().find(|found| found["context"] == context).unwrap()["applied"].clone();
        let newest = applied.as_array().unwrap().iter().map(text).max().unwrap();
        // As if this migration had been made a few thousand years later.
        let newer = format!("9{}", &newest[1..]);
        replace(
            &installation.path().join(format!("data/{context}.sqlite")),
            &newest,
            &newer,
        );

        let before = kept(installation.path());
        for arguments in [&SERVE[..], &["migrate", "up"], &["migrate", "status"]] {
            let line = binary.run(installation.path(), arguments).expecting_one_line(3);
            assert!(
                line.contains(&format!("{context}.sqlite")) && line.contains(&newer),
                "{line}"
            );
        }
        assert!(
            kept(installation.path()) == before,
            "a file that was refused was changed"
        );

        replace(
            &installation.path().join(format!("data/{context}.sqlite")),
            &newer,
            &newest,
        );
        let app = TestApp::start_in(installation);
        let again = app.log_in("ada").await;
        assert_eq!(json!(again.user_id), ada["id"]);
    }
}

#[tokio::test]
async fn a_file_of_another_installation_is_refused_and_nothing_is_lost() {
    let (installation, ada) = a_closed_installation().await;
    let (other, _) = a_closed_installation().await;
    let ordering = installation.path().join("data/ordering.sqlite");
    let own = fs::read(&ordering).unwrap();
    fs::copy(other.path().join("data/ordering.sqlite"), &ordering).unwrap();
    for arguments in [
        &SERVE[..],
        &["consumers", "list"],
        &["wait-idle", "--timeout", "1"],
    ] {
        let line = Binary::released()
            .run(installation.path(), arguments)
            .expecting_one_line(3);
        assert!(
            line.contains("ordering.sqlite") && line.contains("accounts.sqlite"),
            "{line}"
        );
    }
    fs::write(&ordering, own).unwrap();
    let app = TestApp::start_in(installation);
    assert_eq!(json!(app.log_in("ada").await.user_id), ada["id"]);
}

#[tokio::test]
async fn a_server_whose_folder_is_renamed_stops_and_what_was_acknowledged_is_in_that_folder() {
    let (installation, ada) = a_closed_installation().await;
    let (data, elsewhere) = (
        installation.path().join("data"),
        installation.path().join("elsewhere"),
    );
    let mut server = Server::start(&Binary::released(), installation.path());
    fs::rename(&data, &elsewhere).unwrap();
    assert!(!server.wait().success());
    let log = server.log().so_far().join("\n");
    assert!(log.contains("the data folder was moved or restored"), "{log}");
    assert!(
        !data.join("accounts.sqlite").exists(),
        "it made a file that nobody has"
    );
    // The server may have rewritten its files beside the databases.
    if data.exists() {
        fs::remove_dir_all(&data).unwrap();
    }
    fs::rename(&elsewhere, &data).unwrap();
    let app = TestApp::start_in(installation);
    assert_eq!(json!(app.log_in("ada").await.user_id), ada["id"]);
}

#[test]
fn migrations_are_told_of_and_applied() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::released();
    let status = |code: i32| {
        let finished = binary.run(folder.path(), &["migrate", "status", "--json"]);
        assert_eq!(finished.code, code, "{}", finished.stderr);
        serde_json::from_str::<Value>(&finished.stdout).unwrap()
    };
    let before = status(1);
    assert!(
        before["contexts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|context| context["applied"] == json!([])),
        "{before}"
    );
    assert!(!folder.path().join("data").exists(), "to look changes nothing");
    binary.run(folder.path(), &["migrate", "up"]).expecting_success();
    let after = status(0);
    assert!(
        after["contexts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|context| context["pending"] == json!([])),
        "{after}"
    );
    binary.run(folder.path(), &["migrate", "up"]).expecting_success();
}

#[test]
fn there_is_nothing_to_wait_for_where_nothing_is() {
    let folder = tempfile::tempdir().unwrap();
    let line = Binary::released()
        .run(folder.path(), &["wait-idle", "--timeout", "1"])
        .expecting_one_line(3);
    assert!(line.contains("data"), "{line}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
