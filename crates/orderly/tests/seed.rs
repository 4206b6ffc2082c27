//! `orderly seed` fills an installation once, and only tops it up afterwards.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

fn orderly(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orderly"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("ORDERLY_DATABASE_URL", "sqlite:data");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let output = orderly(folder, arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn seed(folder: &Path, orders: &str) -> Value {
    let output = run(folder, &["seed", "--orders", orders, "--json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn added(report: &Value) -> BTreeMap<String, u64> {
    serde_json::from_value(report["orders_added"].clone()).unwrap()
}

fn logins(report: &Value) -> &Vec<Value> {
    report["logins"].as_array().unwrap()
}

#[test]
fn the_first_run_makes_every_role_and_orders_in_every_state() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["seed", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let added = added(&report);
    let states: Vec<&str> = added.keys().map(String::as_str).collect();
    assert_eq!(
        states,
        ["cancelled", "confirmed", "delivered", "pending", "shipped"]
    );
    assert_eq!(added.values().sum::<u64>(), 60);
    let roles: BTreeSet<&str> = logins(&report)
        .iter()
        .map(|login| login["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, BTreeSet::from(["admin", "customer", "staff"]));
    let passwords: BTreeSet<&str> = logins(&report)
        .iter()
        .map(|login| login["password"].as_str().unwrap())
        .collect();
    assert_eq!(
        passwords.len(),
        logins(&report).len(),
        "each has a password of their own"
    );
}

#[test]
fn seeding_again_adds_nothing_and_seeding_more_adds_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    let first = seed(folder.path(), "25");
    assert_eq!(added(&first).values().sum::<u64>(), 25);

    for orders in ["25", "7", "0"] {
        let again = seed(folder.path(), orders);
        assert_eq!(again["orders_present"], 25, "--orders {orders}");
        assert_eq!(added(&again), BTreeMap::new(), "--orders {orders}");
        assert_eq!(logins(&again), &Vec::<Value>::new());
        assert_eq!(
            again["users_present"].as_u64().unwrap(),
            logins(&first).len() as u64
        );
    }

    let more = seed(folder.path(), "40");
    assert_eq!(more["orders_present"], 25);
    assert_eq!(added(&more).values().sum::<u64>(), 15);
    assert_eq!(seed(folder.path(), "40")["orders_present"], 40);
}

#[test]
fn many_orders_share_commits_and_tell_how_far_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["seed", "--orders", "1200", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(added(&report).values().sum::<u64>(), 1200);
    let (commands, commits) = (
        report["commands"].as_u64().unwrap(),
        report["commits"].as_u64().unwrap(),
    );
    assert!(commands > 2 * commits, "{commands} commands in {commits} commits");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("120 of 1200 orders"), "{told}");
    assert!(told.contains("1200 of 1200 orders"), "{told}");
}

#[test]
fn the_logins_are_printed_once_and_nowhere_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first = String::from_utf8(run(folder.path(), &["seed", "--orders", "5"]).stdout).unwrap();
    let admin = first
        .lines()
        .find(|line| line.contains("admin@demo.example"))
        .unwrap();
    let password = admin.split_whitespace().last().unwrap();
    assert_eq!(password.len(), 23, "{admin}");
    let again = String::from_utf8(run(folder.path(), &["seed", "--orders", "5"]).stdout).unwrap();
    assert!(!again.contains(password));
    assert!(
        again.contains("their passwords were printed when they were created"),
        "{again}"
    );
    for file in folder.path().join("data").read_dir().unwrap() {
        let path = file.unwrap().path();
        let content = std::fs::read(&path).unwrap();
        let kept = content
            .windows(password.len())
            .any(|window| window == password.as_bytes());
        assert!(!kept, "{} holds a password", path.display());
    }
}

#[test]
fn two_that_seed_at_once_do_not_add_twice() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        orderly(folder.path(), &["seed", "--orders", "400", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let outputs = [start(), start()].map(|child| child.wait_with_output().unwrap());
    for output in &outputs {
        let told = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            Some(3) => assert!(told.contains("is being seeded already"), "{told}"),
            other => panic!("ended with {other:?}: {told}"),
        }
    }
    assert!(outputs.iter().any(|output| output.status.success()));
    assert_eq!(seed(folder.path(), "400")["orders_present"], 400);
}

#[test]
fn a_run_that_was_killed_is_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = orderly(folder.path(), &["seed", "--orders", "2000", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    told.find(|line| line.as_ref().unwrap().contains("400 of 2000"))
        .unwrap()
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let next = seed(folder.path(), "2000");
    let present = next["orders_present"].as_u64().unwrap();
    assert!((400..2000).contains(&present), "{present} were there");
    assert_eq!(added(&next).values().sum::<u64>(), 2000 - present);
}

#[test]
fn a_running_server_delivers_what_is_seeded_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = orderly(folder.path(), &["serve", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(server.stdout.take().unwrap()).lines();
    assert!(told.next().unwrap().unwrap().contains("listening"));
    let seeded = orderly(folder.path(), &["seed", "--orders", "300", "--json"])
        .output()
        .unwrap();
    let idle = orderly(folder.path(), &["wait-idle", "--timeout", "30"])
        .output()
        .unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(
        seeded.status.success(),
        "{}",
        String::from_utf8_lossy(&seeded.stderr)
    );
    assert!(idle.status.success(), "{}", String::from_utf8_lossy(&idle.stderr));
}
