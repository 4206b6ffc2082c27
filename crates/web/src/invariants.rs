//! What must hold after any fault, looked at when an operator asks.

use operations::invariants::doctor::Examination;
use serde::Serialize;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    problem::Problem,
    request::Request,
};

#[derive(Serialize)]
struct Examined {
    sound: bool,
    examinations: Vec<Examination>,
}

/// POST /ops/invariants
pub(crate) async fn examine(mut request: Request, _: Caller) -> Handled {
    request.no_fields().await?;
    let examinations = request.state().doctor.examine().await.map_err(Problem::from)?;
    Answer::ok(&Examined {
        sound: examinations
            .iter()
            .all(|examination| examination.findings.is_empty()),
        examinations,
    })
}
