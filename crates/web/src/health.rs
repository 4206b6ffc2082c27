//! Whether the process lives, and whether it can serve. For whatever starts and watches it.

use std::time::Duration;

use actix_web::rt::time::timeout;
use futures_util::future::join_all;
use message_bus::ContextOperations;
use serde_json::json;
use shared_kernel::{Fact, refusal::Facts};

use crate::{
    ProblemCode,
    answer::{Answer, Handled},
    problem::Problem,
    request::Request,
};

/// How long a context may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// When another look makes sense, in seconds.
const READY_AGAIN_AFTER_SECONDS: u32 = 2;

/// GET /livez
pub(crate) async fn live(_: Request) -> Handled {
    Answer::ok(&json!({"status": "live"}))
}

/// GET /readyz
///
/// Anybody may ask, so the answer says which context is not ready; why, says the log.
pub(crate) async fn ready(request: Request) -> Handled {
    let contexts = &request.state().contexts;
    let reasons = join_all(contexts.iter().map(|context| why_not_ready(&**context))).await;
    let mut states = Vec::new();
    let mut causes = Vec::new();
    for (context, reason) in contexts.iter().zip(reasons) {
        let state = if reason.is_none() { "ready" } else { "not_ready" };
        states.push((context.context(), state));
        causes.extend(reason.map(|reason| format!("{}: {reason}", context.context())));
    }
    if causes.is_empty() {
        let contexts: Vec<_> = states
            .iter()
            .map(|(context, state)| json!({"context": context, "status": state}))
            .collect();
        return Answer::ok(&json!({"status": "ready", "contexts": contexts}));
    }
    let facts = states.into_iter().map(|(context, state)| {
        Facts(vec![
            ("context", Fact::from(context)),
            ("status", Fact::from(state)),
        ])
    });
    Err(
        Problem::new(ProblemCode::NotReady, "a context cannot serve; see contexts")
            .with_fact("contexts", Fact::List(facts.collect()))
            .with_retry_after(READY_AGAIN_AFTER_SECONDS)
            .with_cause(causes.join("; ")),
    )
}

async fn why_not_ready(context: &dyn ContextOperations) -> Option<String> {
    match timeout(PATIENCE, context.readiness()).await {
        Ok(Ok(())) => None,
        Ok(Err(reason)) => Some(reason.to_string()),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}
