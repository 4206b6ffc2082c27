//! `orderly doctor`: checks what must hold after any fault, beside a running server or without one. It changes nothing, except stock with
//! `--repair`.

mod repair;

use std::sync::Arc;

use operations::invariants::doctor::{Doctor, Examination, Invariant};
use serde_json::json;

use crate::{
    command_line::DoctorArguments,
    databases::Databases,
    failure::Failure,
    handlers::Handlers,
    output,
    settings::Settings,
    system::{SystemClock, SystemIds},
};

/// Checks everything, prints the findings, and fails if there are any.
pub(crate) async fn doctor(settings: &Settings, arguments: &DoctorArguments) -> Result<(), Failure> {
    let databases = Databases::of_an_installation(settings).await?;
    let handlers = Handlers::of(settings, &databases.stores);
    let result = if arguments.repair {
        repair::repair(&handlers.inventory, arguments, &SystemClock, &SystemIds).await
    } else {
        examine(&databases.doctor(&handlers, Arc::new(SystemClock)), arguments).await
    };
    databases.close().await;
    result
}

async fn examine(doctor: &Doctor, arguments: &DoctorArguments) -> Result<(), Failure> {
    let examinations = doctor.examine().await.map_err(Failure::unavailable)?;
    let findings: usize = examinations
        .iter()
        .map(|examination| examination.findings.len())
        .sum();
    if arguments.json {
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
            Invariant::SafeSettings => "the server keeps what is committed",
            Invariant::Stock => "stock agrees with its ledger and with what is held",
            Invariant::Agreement => "orders and reservations agree",
        };
        let result = match (not_checked, findings.len()) {
            (Some(why), _) => format!("not checked: {why}"),
            (None, 0) => "ok".to_owned(),
            (None, count) => format!("{count} found"),
        };
        told += &format!("{at:<22} {what:<50} {result}\n");
        for finding in findings {
            told += &format!("    {}: {}\n", finding.subject, finding.detail);
        }
    }
    told
}
