//! Load, kill the server, restart, compare, and again.

use super::{plan::Plan, report::Report, scene::Scene};
use crate::{Binary, Engine, Installation};

/// Kills servers of this binary until the plan is done or something is found.
pub async fn kill_servers(binary: &Binary, engine: Engine, plan: Plan) -> Report {
    let mut scene = Scene::open(binary, Installation::new(engine), plan).await;
    while scene.report.kills < plan.rounds && scene.goes_on() {
        scene.serve_with_canary();
        let writes = scene.writes();
        let mut load = scene.load();
        let enough = load.acknowledges(writes).await;
        scene.server.kill();
        let acknowledged = load.told().acknowledged;
        scene.note(load.end().await, acknowledged);
        scene.report.kills += 1;
        // Wrong answers may be the reason; they are a finding of their own.
        assert!(
            enough.is_ok() || !scene.report.faults.is_empty(),
            "only {acknowledged} of {writes} writes were acknowledged in time"
        );
        scene.serve_for_inspection();
        scene.inspect().await;
    }
    scene.close()
}
