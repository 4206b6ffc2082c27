//! Load, and cut the server's connections to PostgreSQL around its commits.

use super::{
    plan::Plan,
    proxy::{Cut, Proxy},
    report::Report,
    scene::Scene,
};
use crate::{Binary, Installation, database::shared_server};

/// Cuts between two comparisons.
const CUTS_IN_A_ROW: u64 = 10;
/// Acknowledged writes between two cuts.
const WRITES_BETWEEN: u64 = 20;

/// Cuts the connections of a server of this binary until the plan is done or something is found.
pub async fn cut_connections(binary: &Binary, plan: Plan) -> Report {
    let installation = Installation::on_server(shared_server());
    let mut proxy = Proxy::before(installation.database().address()).await;
    installation.reach_at(&installation.database().url_through(proxy.address()));
    let mut scene = Scene::open(binary, installation, plan).await;
    let mut cuts = Cut::ALL.into_iter().cycle();
    while scene.report.cuts_made() < plan.rounds && scene.goes_on() {
        scene.serve_with_canary();
        let mut load = scene.load();
        let row = CUTS_IN_A_ROW.min(plan.rounds - scene.report.cuts_made());
        for cut in cuts.by_ref().take(usize::try_from(row).unwrap()) {
            let goes_on = load.acknowledges(WRITES_BETWEEN).await;
            if goes_on.is_err() || proxy.cut_at_the_next_commit(cut).await.is_err() {
                let fault = format!("nothing was committed any more after {:?}", scene.report.cuts);
                scene.report.faults.push(fault);
                break;
            }
            *scene.report.cuts.entry(cut).or_default() += 1;
        }
        let goes_on = load.acknowledges(WRITES_BETWEEN).await;
        let acknowledged = load.told().acknowledged;
        scene.note(load.end().await, acknowledged);
        if goes_on.is_err() {
            let fault = format!("nothing was acknowledged any more after {:?}", scene.report.cuts);
            scene.report.faults.push(fault);
        }
        scene.expect_every_answer();
        scene.serve_without_canary();
        scene.inspect().await;
    }
    scene.close()
}
