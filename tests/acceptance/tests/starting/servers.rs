//! PostgreSQL servers: unreachable, unknown, unsafe, newer than this version, without rights.

use std::net::TcpListener;

use acceptance::{
    Binary, Engine, Installation, Server, data_folder::holds, throwaway_postgres::ThrowawayPostgres,
};
use reqwest::Url;

use crate::installation::{SERVE, refused_to_start};

const MIGRATE: [&str; 2] = ["migrate", "up"];

/// Asserts that neither serving nor migrating begins at this URL, and returns the lines that report it.
fn refused_at(installation: &Installation, url: &Url, code: i32) -> Vec<String> {
    let lines = [&SERVE[..], &MIGRATE].map(|arguments| {
        let environment = [("ORDERLY_DATABASE_URL", url.as_str())];
        let line = refused_to_start(installation.path(), arguments, &environment).expecting_one_line(code);
        if let Some(password) = url.password() {
            assert!(!line.contains(password), "the password is told: {line}");
        }
        line
    });
    lines.to_vec()
}

/// The database as it is given, with something else in its URL.
fn changed(installation: &Installation, change: impl FnOnce(&mut Url)) -> Url {
    let mut url = installation.database().url();
    change(&mut url);
    url
}

/// All tables, wherever they are.
fn tables(installation: &Installation) -> String {
    installation
        .database()
        .run("SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")
}

#[test]
fn a_url_that_names_no_database_is_a_wrong_setting() {
    let installation = Installation::new(Engine::Postgres);
    let without = changed(&installation, |url| url.set_path(""));
    let with_a_slash = changed(&installation, |url| url.set_path("/"));
    let of_nonsense = changed(&installation, |url| url.set_query(Some("sslmode=maybe")));
    for url in [without, with_a_slash, of_nonsense] {
        for line in refused_at(&installation, &url, 2) {
            assert!(
                line.contains("ORDERLY_DATABASE_URL") || line.contains("--database-url"),
                "{line}"
            );
        }
    }
}

#[test]
fn a_server_that_does_not_let_us_in_is_named() {
    let installation = Installation::new(Engine::Postgres);
    // Bound, so that no other process gets it, but not listened at.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, reason) in [
        (
            changed(&installation, |url| {
                url.set_password(Some("a wrong one")).unwrap()
            }),
            "password authentication failed",
        ),
        (
            changed(&installation, |url| url.set_path("no_such_shop")),
            "no_such_shop",
        ),
        (
            changed(&installation, |url| url.set_port(Some(nobody.port())).unwrap()),
            "refused",
        ),
    ] {
        let server = format!("127.0.0.1:{}", url.port().unwrap());
        for line in refused_at(&installation, &url, 3) {
            assert!(line.contains(&server) && line.contains(reason), "{line}");
        }
    }
}

#[test]
fn a_server_that_would_lose_what_was_acknowledged_is_refused() {
    let server = ThrowawayPostgres::start();
    let installation = Installation::on_server(server.url().clone());
    let database = installation.database();
    for setting in ["fsync", "full_page_writes"] {
        database.change_setting(setting, "off");
        for line in refused_at(&installation, &database.url(), 3) {
            assert!(line.contains(&format!("{setting} = off")), "{line}");
        }
        assert_eq!(
            tables(&installation),
            "0\n",
            "a server that was refused was changed"
        );
        database.change_setting(setting, "on");
    }
}

#[test]
fn a_role_without_rights_is_told_what_it_lacks() {
    let installation = Installation::new(Engine::Postgres);
    let database = installation.database();
    let role = format!("powerless_{}", database.url().path().trim_start_matches('/'));
    database.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'powerless'"));
    let url = changed(&installation, |url| {
        url.set_username(&role).unwrap();
        url.set_password(Some("powerless")).unwrap();
    });
    for line in refused_at(&installation, &url, 3) {
        assert!(line.contains("permission denied"), "{line}");
    }
    database.run(&format!("DROP ROLE {role}"));
    assert_eq!(tables(&installation), "0\n");
}

#[test]
fn a_schema_of_a_newer_version_is_left_alone() {
    for context in ["accounts", "catalog", "ordering", "inventory", "notifications"] {
        let installation = Installation::new(Engine::Postgres);
        let binary = Binary::released();
        binary.run(installation.path(), &MIGRATE).expecting_success();
        let database = installation.database();
        let own = format!("{context}.__diesel_schema_migrations");
        database.run(&format!("INSERT INTO {own} (version) VALUES ('90261121000001')"));
        let before = tables(&installation);
        for arguments in [&SERVE[..], &MIGRATE, &["migrate", "status"]] {
            let line = binary.run(installation.path(), arguments).expecting_one_line(3);
            assert!(
                line.contains(context) && line.contains("90261121000001"),
                "{line}"
            );
        }
        assert_eq!(tables(&installation), before);
        database.run(&format!("DELETE FROM {own} WHERE version = '90261121000001'"));
        Server::start(&binary, installation.path()).stop();
    }
}

#[test]
fn a_server_on_postgresql_is_given_its_secret() {
    let installation = Installation::new(Engine::Postgres);
    std::fs::remove_file(installation.path().join(".env")).unwrap();
    let url = installation.database().url();
    let environment = [("ORDERLY_DATABASE_URL", url.as_str())];
    let line = refused_to_start(installation.path(), &SERVE, &environment).expecting_one_line(2);
    assert!(line.contains("ORDERLY_TOKEN_SECRET"), "{line}");
}

#[test]
fn a_password_is_told_to_nobody() {
    let installation = Installation::new(Engine::Postgres);
    let url = installation.database().url();
    let password = url.password().unwrap().to_owned();
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["describe"],
        &["serve", "--bind", "somewhere"],
    ] {
        let mut command = Binary::released().command(installation.path(), arguments);
        let output = command
            .env("ORDERLY_DATABASE_URL", url.as_str())
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        assert!(!holds(&told, &password), "{arguments:?} tells it");
    }
    let misspelt = url.as_str().replacen("postgres:", "postgre:", 1);
    let environment = [("ORDERLY_DATABASE_URL", misspelt.as_str())];
    let line = refused_to_start(installation.path(), &SERVE, &environment).expecting_one_line(2);
    assert!(
        line.contains("ORDERLY_DATABASE_URL") && !line.contains(&password),
        "{line}"
    );

    let mut talkative = Binary::released().command(installation.path(), &SERVE);
    talkative.env("ORDERLY_LOG", "trace");
    let mut server = Server::try_start(talkative).unwrap_or_else(|finished| panic!("{finished:?}"));
    server.stop();
    let log = server.log().so_far().join("\n");
    assert!(!log.contains(&password), "it stands in the log");
}
