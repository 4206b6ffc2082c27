//! What must hold after any fault, checked when an operator asks.

use operations::invariants::doctor::Examination;
use schema::HasSchema;
use serde::Serialize;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body::Nothing,
    endpoint::{Endpoint, POST, admin},
    problem::Problem,
    request::Request,
};

/// What the doctor found.
#[derive(Serialize, HasSchema)]
struct Examined {
    /// Whether nothing was found. What could not be checked says so for itself.
    sound: bool,
    examinations: Vec<Examination>,
}

pub(crate) fn examine_invariants() -> Endpoint {
    admin(POST, "/api/v1/ops/invariants", examine)
        .named("examineInvariants", "Look at what must hold")
        .taking_perhaps::<Nothing>()
        .saying("Reads every context's database, and may take minutes on a large one. Changes nothing.")
        .answering("What was found.")
}

async fn examine(mut request: Request, _: Caller) -> Handled<Examined> {
    let Nothing {} = request.json_or_nothing().await?;
    let examinations = request.state().doctor.examine().await.map_err(Problem::from)?;
    Answer::ok(&Examined {
        sound: examinations
            .iter()
            .all(|examination| examination.findings.is_empty()),
        examinations,
    })
}
