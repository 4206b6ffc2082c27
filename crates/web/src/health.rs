//! Whether the process runs, and whether it can serve. For whatever starts and monitors it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::rt::time::timeout;
use futures_util::future::join_all;
use operations::ContextOperations;
use schema::HasSchema;
use serde::Serialize;
use shared_kernel::{Fact, refusal::Facts};

use crate::{
    WebState,
    answer::{Answer, Handled},
    codes,
    endpoint::{Endpoint, GET, public},
    problem::Problem,
    request::Request,
};

/// How long a context may take to answer whether it is ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// After how many seconds a check should be repeated.
const READY_AGAIN_AFTER_SECONDS: u32 = 2;

/// The status of a context, with the log's text about it.
enum ContextHealth {
    Ready,
    /// It cannot serve.
    NotReady(String),
    /// It can serve, but its events are not delivered.
    Behind(String),
}

impl ContextHealth {
    const fn name(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotReady(_) => "not_ready",
            Self::Behind(_) => "behind",
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Ready => None,
            Self::NotReady(reason) | Self::Behind(reason) => Some(reason),
        }
    }
}

pub(crate) fn get_liveness() -> Endpoint {
    public(GET, "/livez", live)
        .named("getLiveness", "Does the process live")
        .by_the_process()
        .answering("It does.")
}

/// That the process lives.
#[derive(Serialize, HasSchema)]
#[schema(example({"status": "live"}))]
struct Liveness {
    #[schema(pattern = "^live$")]
    status: &'static str,
}

async fn live(_: Request) -> Handled<Liveness> {
    Answer::ok(&Liveness { status: "live" })
}

pub(crate) fn get_readiness() -> Endpoint {
    public(GET, "/readyz", ready)
        .named("getReadiness", "Can it serve")
        .saying("Also whether events move: a context in which they stand still is `behind`.")
        .by_the_process()
        .answering("Every context can, and none is behind.")
        .refusing(&[codes::NOT_READY])
}

/// That every context can serve.
#[derive(Serialize, HasSchema)]
#[schema(example({"status": "ready", "contexts": [{"context": "ordering", "status": "ready"}]}))]
struct Readiness {
    #[schema(pattern = "^ready$")]
    status: &'static str,
    contexts: Vec<ContextReadiness>,
}

/// Whether one context can serve.
#[derive(Serialize, HasSchema)]
struct ContextReadiness {
    context: &'static str,
    #[schema(pattern = "^(ready|behind|not_ready)$", example = "ready")]
    status: &'static str,
}

/// Every caller may ask, so the answer names the context that is not ready; the reason is only logged.
async fn ready(request: Request) -> Handled<Readiness> {
    let state = request.state();
    let contexts = state.operations.contexts();
    let now = state.clock.running_for();
    if state.last_ready.was_within_a_second_of(now) {
        return all_ready(contexts.iter().map(|context| context.context()));
    }
    let healths = join_all(contexts.iter().map(|context| health(&**context, state))).await;
    let healths = contexts.iter().map(|context| context.context()).zip(&healths);
    let reasons: Vec<String> = healths
        .clone()
        .filter_map(|(context, health)| Some(format!("{context}: {}", health.reason()?)))
        .collect();
    if reasons.is_empty() {
        state.last_ready.was_at(now);
        return all_ready(healths.map(|(context, _)| context));
    }
    let facts = healths.map(|(context, health)| {
        Facts(vec![
            ("context", Fact::from(context)),
            ("status", Fact::from(health.name())),
        ])
    });
    Err(Problem::new(
        codes::NOT_READY,
        "a context cannot serve, or is behind; see contexts",
    )
    .with_fact("contexts", Fact::List(facts.collect()))
    .with_retry_after(READY_AGAIN_AFTER_SECONDS)
    .with_cause(reasons.join("; ")))
}

fn all_ready(contexts: impl Iterator<Item = &'static str>) -> Handled<Readiness> {
    let status = ContextHealth::Ready.name();
    Answer::ok(&Readiness {
        status,
        contexts: contexts
            .map(|context| ContextReadiness { context, status })
            .collect(),
    })
}

/// When every context was last found ready. Within a second of that nothing is asked: anyone may call, and as often as they like.
#[derive(Clone, Debug, Default)]
pub struct LastReady(Arc<Mutex<Option<Duration>>>);

impl LastReady {
    fn was_within_a_second_of(&self, now: Duration) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| now.saturating_sub(last) < Duration::from_secs(1))
    }

    fn was_at(&self, now: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

async fn health(context: &dyn ContextOperations, state: &WebState) -> ContextHealth {
    let first = match timeout(PATIENCE, context.readiness()).await {
        Ok(Ok(first)) => first,
        Ok(Err(reason)) => return ContextHealth::NotReady(reason.to_string()),
        Err(_) => return ContextHealth::NotReady(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    match state
        .stalled_relay
        .seconds_too_long(context.context(), first, state.clock.running_for())
    {
        None => ContextHealth::Ready,
        Some(seconds) => ContextHealth::Behind(format!(
            "the first of its unpublished events has been the first for {seconds} s"
        )),
    }
}
