//! When nothing is copied: wrong pairs, wrong locations, and an end in the middle.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use acceptance::{Binary, Engine, Installation, TestApp};

use crate::{arguments, copy_to, rows_in};

/// A migrated installation in files.
fn an_installation() -> Installation {
    let installation = Installation::new(Engine::Sqlite);
    Binary::released()
        .run(installation.path(), &["migrate", "up"])
        .expecting_success();
    installation
}

#[test]
fn only_from_sqlite_to_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let server = "postgres://shop:do-not-tell@127.0.0.1:1/shop";
    for (from, to) in [
        ("sqlite:data", "sqlite:other"),
        (server, "sqlite:data"),
        (server, server),
        ("sqlite:data", "postgres://shop:do-not-tell@127.0.0.1:1"),
        ("sqlite:data", "postgre://shop:do-not-tell@127.0.0.1:1/shop"),
    ] {
        let line = Binary::released()
            .run(folder.path(), &["copy", "--from", from, "--to", to])
            .expecting_one_line(2);
        assert!(line.contains("--to") && !line.contains("do-not-tell"), "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_without_an_installation_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let target = Installation::new(Engine::Postgres);
    let line = Binary::released()
        .run(folder.path(), &arguments(&copy_to(&target)))
        .expecting_one_line(3);
    assert!(line.contains("no installation in data"), "{line}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_served_is_not_copied() {
    let app = TestApp::start(Engine::Sqlite);
    let target = Installation::new(Engine::Postgres);
    let line = app.run(&arguments(&copy_to(&target))).expecting_one_line(3);
    assert!(line.contains("already served"), "{line}");
}

#[test]
fn a_database_that_holds_anything_is_not_copied_to() {
    let (source, target) = (an_installation(), Installation::new(Engine::Postgres));
    let binary = Binary::released();
    binary.run(target.path(), &["migrate", "up"]).expecting_success();
    target.database().run(
        "INSERT INTO ordering.customers VALUES (gen_random_uuid(), 'ada@example.com', 'gold', 'open', 1)",
    );
    let copy = copy_to(&target);
    let line = binary.run(source.path(), &arguments(&copy)).expecting_one_line(1);
    assert!(line.contains("found rows in ordering.customers"), "{line}");
    assert_eq!(rows_in(&target), 1);

    // Once it is empty again it is copied to, and then it is not.
    target.database().run("DELETE FROM ordering.customers");
    binary
        .run(source.path(), &["seed", "--orders", "1"])
        .expecting_success();
    binary.run(source.path(), &arguments(&copy)).expecting_success();
    let before = rows_in(&target);
    let line = binary.run(source.path(), &arguments(&copy)).expecting_one_line(1);
    assert!(line.contains("found rows in accounts."), "{line}");
    assert_eq!(
        rows_in(&target),
        before,
        "a database that was refused was changed"
    );
}

#[test]
fn a_copy_that_is_killed_in_the_middle_was_never_there() {
    let (source, target) = (an_installation(), Installation::new(Engine::Postgres));
    let binary = Binary::released();
    binary
        .run(source.path(), &["seed", "--orders", "400"])
        .expecting_success();
    binary.run(target.path(), &["migrate", "up"]).expecting_success();
    let copy = copy_to(&target);
    // Accounts is copied whole, and ordering as far as the end of its log, where the copy waits for this sequence.
    let held = target
        .database()
        .hold("ALTER SEQUENCE ordering.event_log_sequence_seq RESTART");
    let mut copying = binary
        .command(source.path(), &arguments(&copy))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(copying.stderr.take().unwrap()).lines();
    let told = told.find(|line| line.as_ref().unwrap().ends_with(" rows"));
    copying.kill().unwrap();
    assert_eq!(
        copying.wait().unwrap().code(),
        None,
        "it ended before it was killed"
    );
    assert!(told.is_some(), "nothing was copied before it was killed");
    drop(held);
    // When these locks are taken, the killed process's transaction has ended.
    target.database().run(
        "BEGIN; LOCK TABLE ordering.orders; SELECT pg_advisory_lock(hashtextextended('orderly copy', 0)); COMMIT",
    );
    assert_eq!(rows_in(&target), 0);
    binary.run(source.path(), &arguments(&copy)).expecting_success();
    assert!(rows_in(&target) > 1000);
}

#[test]
fn what_is_read_back_otherwise_than_it_was_written_is_not_committed() {
    let (source, target) = (an_installation(), Installation::new(Engine::Postgres));
    let binary = Binary::released();
    binary
        .run(source.path(), &["seed", "--orders", "1"])
        .expecting_success();
    binary.run(target.path(), &["migrate", "up"]).expecting_success();
    let copy = copy_to(&target);
    for (table, meddling) in [
        ("accounts.users", "NEW.password_hash := 'another'; RETURN NEW"),
        (
            "ordering.orders",
            "NEW.placed_at := NEW.placed_at + interval '1 us'; RETURN NEW",
        ),
        ("ordering.event_log", "NEW.data := '{}'; RETURN NEW"),
        ("ordering.order_lines", "RETURN NULL"),
    ] {
        target.database().run(&format!(
            "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {meddling}; END $$;
             CREATE TRIGGER meddling BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meddle()"
        ));
        let line = binary.run(source.path(), &arguments(&copy)).expecting_one_line(1);
        assert!(
            line.contains(table) && line.contains("nothing was copied"),
            "{line}"
        );
        assert_eq!(rows_in(&target), 0, "{table}");
        target.database().run("DROP FUNCTION meddle CASCADE");
    }
    binary.run(source.path(), &arguments(&copy)).expecting_success();
}
