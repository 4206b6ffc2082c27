//! Load, kill PostgreSQL under the server, start it again, compare, and again. The server runs through all of it.

use super::{plan::Plan, report::Report, scene::Scene};
use crate::{Binary, Installation, throwaway_postgres::ThrowawayPostgres};

/// Kills databases under a server of this binary until the plan is done or something is found.
pub async fn kill_databases(binary: &Binary, plan: Plan) -> Report {
    let mut postgres = ThrowawayPostgres::start();
    let installation = Installation::on_server(postgres.url().clone());
    let mut scene = Scene::open(binary, installation, plan).await;
    while scene.report.kills < plan.rounds && scene.goes_on() {
        scene.serve_with_canary();
        let writes = scene.writes();
        let mut load = scene.load();
        let before = load.acknowledges(writes).await;
        postgres.kill();
        let during = load.is_refused().await;
        postgres.start_again();
        let after = load.acknowledges(writes).await;
        let acknowledged = load.told().acknowledged;
        scene.note(load.end().await, acknowledged);
        scene.report.kills += 1;
        for (happened, what) in [
            (before, "writes were acknowledged before the database was killed"),
            (during, "anybody was told that the database was gone"),
            (after, "writes were acknowledged once the database was back"),
        ] {
            if happened.is_err() {
                scene.report.faults.push(format!("it took too long until {what}"));
            }
        }
        scene.expect_every_answer();
        scene.serve_without_canary();
        scene.inspect().await;
    }
    scene.close()
}
