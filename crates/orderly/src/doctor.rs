//! `orderly doctor`: looks at what must hold after any fault, beside a running server or without one, and changes nothing.

use std::sync::Arc;

use message_bus::{
    Doctor,
    invariants::doctor::{Examination, Invariant},
};
use serde_json::json;
use shared_kernel::Clock;

use crate::{
    databases::Databases,
    describe,
    failure::Failure,
    output,
    place::Place,
    settings::Settings,
    system::{SystemClock, SystemIds},
};

/// Examines everything, prints what was found, and fails when something does not hold.
pub(crate) async fn doctor(settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let place = Place::of_an_installation(&settings.database_url).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let databases = Databases::open(&place, &clock, &(Arc::new(SystemIds) as _)).await?;
    let doctor = Doctor::new(databases.examined(), describe::subscriptions_there_are()?, clock);
    let examined = doctor.examine().await;
    databases.close().await;
    let examinations = examined.map_err(Failure::unavailable)?;
    let findings: usize = examinations
        .iter()
        .map(|examination| examination.findings.len())
        .sum();
    if as_json {
        let value = json!({"sound": findings == 0, "examinations": examinations});
        output::print_json(&value)?;
    } else {
        output::print(&told(&examinations))?;
    }
    match findings {
        0 => Ok(()),
        1 => Err(Failure::check("1 finding")),
        many => Err(Failure::check(format!("{many} findings"))),
    }
}

fn told(examinations: &[Examination]) -> String {
    let mut told = String::new();
    for Examination {
        invariant,
        at,
        not_checked,
        findings,
    } in examinations
    {
        let what = match invariant {
            Invariant::StateAndEvents => "one event for each version",
            Invariant::Published => "nothing stays unpublished",
            Invariant::Delivered => "every event is applied or held",
            Invariant::InOrder => "what ended has moved its position",
            Invariant::SoundFiles => "the files are sound",
            Invariant::Stock => "stock agrees with its ledger",
        };
        let result = match (not_checked, findings.len()) {
            (Some(why), _) => format!("not checked: {why}"),
            (None, 0) => "ok".to_owned(),
            (None, count) => format!("{count} found"),
        };
        told += &format!("{at:<22} {what:<36} {result}\n");
        for finding in findings {
            told += &format!("    {}: {}\n", finding.subject, finding.detail);
        }
    }
    told
}
