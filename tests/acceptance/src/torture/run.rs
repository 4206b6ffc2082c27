//! The run: load, kill, restart, compare, and again.

use std::{path::Path, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{sync::watch, task::JoinSet, time::timeout};

use super::{
    client,
    diary::Diary,
    inspection::{inspect, inspect_customers},
    random::Random,
    report::Report,
    shop::Shop,
};
use crate::{Binary, PASSWORD, Server, answer::text, binary::from_environment};

const CLIENTS: usize = 64;
/// Users that the clients order as: fewer, since each log-in costs a password hash.
const CUSTOMERS: usize = 16;
/// Acknowledged writes before a kill: at least so many, and up to four times as many.
const WRITES_BEFORE_A_KILL: u64 = 100;
/// How long those writes may take.
const PATIENCE: Duration = Duration::from_secs(60);
const ADMIN: &str = "admin@example.com";

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Kills, unless something is found before.
    pub rounds: u64,
    /// Repeats an earlier run's choices, though not its timing.
    pub seed: u64,
}

impl Plan {
    /// So many rounds, unless `ORDERLY_TORTURE_ROUNDS` says another number, with choices of their own unless
    /// `ORDERLY_TORTURE_SEED` repeats some.
    pub fn of_rounds(rounds: u64) -> Self {
        Self {
            rounds: number_from_environment("ORDERLY_TORTURE_ROUNDS").unwrap_or(rounds),
            seed: number_from_environment("ORDERLY_TORTURE_SEED").unwrap_or_else(Random::fresh_seed),
        }
    }
}

fn number_from_environment(variable: &str) -> Option<u64> {
    let value = from_environment(variable)?;
    let number = value.to_str().and_then(|value| value.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{variable} is {value:?}, expected a number")))
}

/// Kills servers of this binary until the plan is done or something is found.
pub async fn run(binary: &Binary, plan: Plan) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(plan.seed);
    let mut report = Report {
        seed: plan.seed,
        fewest_per_kill: u64::MAX,
        ..Report::default()
    };
    // What a known bug did is looked at by a server without it.
    let sound = binary.without_canary();
    let mut server = Server::start(&sound, folder.path());
    let mut shop = Shop::at(server.url());
    let mut diaries = opening(&sound, folder.path(), &mut shop).await;
    // A known bug shows in answers as well; what it has to be caught by is a loss.
    let goes_on =
        |report: &Report| report.losses.is_empty() && (report.faults.is_empty() || binary.has_canary());
    while report.kills < plan.rounds && goes_on(&report) {
        let writes = WRITES_BEFORE_A_KILL + random.below(3 * WRITES_BEFORE_A_KILL);
        if binary.has_canary() {
            server.kill();
            server = Server::start(binary, folder.path());
            shop = shop.moved_to(server.url());
        }
        let acknowledged;
        (diaries, acknowledged) = until_the_kill(&mut server, &shop, diaries, &mut random, writes).await;
        report.kills += 1;
        report.fewest_per_kill = report.fewest_per_kill.min(acknowledged);
        report
            .faults
            .extend(diaries.iter_mut().flat_map(|diary| diary.wrong.drain(..)));
        report.faults.extend(outcries(&server));

        server = Server::start(&sound, folder.path());
        shop = shop.moved_to(server.url());
        shop.admin = shop.log_in(ADMIN).await.expect("the admin can log in");
        report.add(inspect(&mut shop, &mut diaries).await);
        let idle = sound.run(folder.path(), &["wait-idle", "--timeout", "60"]);
        if idle.code != 0 {
            report
                .faults
                .push(format!("not everything was delivered: {}", idle.stderr));
        }
        report.add(inspect_customers(&shop, &diaries).await);
    }
    server.kill();
    report.faults.extend(outcries(&server));
    for diary in diaries {
        report.refused += diary.refused;
        for (command, count) in diary.acknowledged {
            *report.acknowledged.entry(command).or_default() += count;
        }
    }
    report
}

/// An admin, the users that the clients order as, and an empty diary for each client.
async fn opening(binary: &Binary, folder: &Path, shop: &mut Shop) -> Vec<Diary> {
    let create = [
        "users",
        "create",
        "--email",
        ADMIN,
        "--role",
        "admin",
        "--password-stdin",
    ];
    binary
        .run_with_input(folder, &create, PASSWORD)
        .expecting_success();
    shop.admin = shop.log_in(ADMIN).await.expect("the admin can log in");
    let mut users: Vec<Value> = Vec::new();
    for customer in 0..CUSTOMERS {
        let email = format!("customer{customer}@example.com");
        users.push(shop.register(&email).await.expecting(201));
        shop.customers
            .push(shop.log_in(&email).await.expect("a customer can log in"));
    }
    let diary = |client: usize| {
        let customer = client % CUSTOMERS;
        let user = &users[customer];
        // Only one client changes a user, so that every change has one author.
        Diary::new(
            client,
            customer,
            text(&user["id"]),
            (client < CUSTOMERS).then(|| user.clone()),
        )
    };
    (0..CLIENTS).map(diary).collect()
}

/// Lets the clients work until so many writes are acknowledged, and kills the server in the middle of it.
async fn until_the_kill(
    server: &mut Server,
    shop: &Shop,
    diaries: Vec<Diary>,
    random: &mut Random,
    writes: u64,
) -> (Vec<Diary>, u64) {
    let (count, mut counted) = watch::channel(0);
    let (count, shop) = (Arc::new(count), Arc::new(shop.clone()));
    let mut clients = JoinSet::new();
    for diary in diaries {
        let random = Random::new(random.next());
        clients.spawn(client::work(Arc::clone(&shop), diary, random, Arc::clone(&count)));
    }
    let enough = timeout(PATIENCE, counted.wait_for(|count| *count >= writes))
        .await
        .is_ok();
    server.kill();
    let mut diaries = clients.join_all().await;
    diaries.sort_by_key(|diary| diary.client);
    let counted = *counted.borrow();
    // Wrong answers may be the reason; they are a finding of their own.
    let faulty = diaries.iter().any(|diary| !diary.wrong.is_empty());
    assert!(
        enough || faulty,
        "only {counted} of {writes} writes were acknowledged in {PATIENCE:?}"
    );
    (diaries, counted)
}

/// Errors and panics in a server's log.
fn outcries(server: &Server) -> Vec<String> {
    let mut lines = server.log().so_far();
    lines.retain(|line| line.contains("\"level\":\"ERROR\"") || line.contains("panicked at"));
    lines
}
