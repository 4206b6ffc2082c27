//! `orderly serve`: migrate, serve, relay, deliver, and stop in the order that loses nothing.

use std::{
    io::{self, Write},
    net::TcpListener,
    time::Duration,
};

use message_bus::Sampling;
use storage::CommitStatistics;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};
use web::{Cursors, IdempotencyKeys, Metrics, WebState};

use crate::{
    command_line::ServeArguments, failure::Failure, installation::Installation, place::Place,
    settings::Settings, span_export::SpanExport,
};

/// Serves until SIGTERM or Ctrl-C.
pub(crate) async fn serve(
    settings: &Settings,
    arguments: &ServeArguments,
    spans: Option<&SpanExport>,
) -> Result<(), Failure> {
    switch_on_canaries()?;
    // Listened for before anything else starts: from here on a signal means a clean end, not a sudden one.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::unavailable)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::unavailable)?;

    let place = Place::of(&settings.database_url)?;
    let _lock = place.lock_for_serving()?;
    let listener = TcpListener::bind(arguments.bind).map_err(|error| {
        Failure::unavailable(format!("ORDERLY_BIND (--bind) is {}: {error}", arguments.bind))
    })?;
    let address = listener.local_addr().map_err(Failure::unavailable)?;
    let installation = Installation::open(settings, &place).await?;

    let (stop, stopped) = watch::channel(false);
    let mut relays = JoinSet::new();
    for relay in installation.relays().await.map_err(Failure::unavailable)? {
        relays.spawn(relay.run(stopped.clone()));
    }
    let state = WebState {
        accounts: installation.accounts.clone(),
        ordering: installation.ordering.clone(),
        contexts: installation.contexts(),
        idempotency: IdempotencyKeys::new(
            installation
                .secret
                .derived_key("fingerprints of repeated requests"),
        ),
        metrics: Metrics::new().map_err(Failure::unavailable)?,
        sampling: spans.map_or(Sampling::NONE, SpanExport::sampling),
        spans_lost: spans.map(SpanExport::lost),
        cursors: Cursors::new(installation.secret.derived_key("cursors of lists")),
        clock: installation.clock.clone(),
        ids: installation.ids.clone(),
    };
    let server = web::serve(listener, state).map_err(Failure::unavailable)?;
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    announce(address)?;

    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        () = keep_forgetting(&installation) => None,
    };
    tracing::info!("stopping");
    // First nobody new comes in and who is in is answered; then deliveries end; then the committers, which others wait for.
    let ended = match ended {
        Some(ended) => ended,
        None => {
            handle.stop(true).await;
            serving.await
        }
    };
    // An error says that every relay has ended already.
    let _ = stop.send(true);
    while let Some(relay) = relays.join_next().await {
        if let Err(error) = relay {
            tracing::error!(%error, "a relay ended in a panic");
        }
    }
    for (context, CommitStatistics { commits, write_sets }) in installation.close().await {
        tracing::info!(context, commits, write_sets, "closed");
    }
    ended.map_err(Failure::unavailable)?.map_err(Failure::unavailable)
}

/// Forgets what is old now and every hour, for as long as the server serves.
async fn keep_forgetting(installation: &Installation) {
    let mut hours = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hours.tick().await;
        if let Err(error) = installation.forget_what_is_old().await {
            tracing::warn!(%error, "what is old could not be forgotten; tried again in an hour");
        }
    }
}

/// The one line on standard output: whoever started the server on port 0 learns where it is.
fn announce(address: std::net::SocketAddr) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(output, "orderly is listening on http://{address}")
        .and_then(|()| output.flush())
        .map_err(Failure::unavailable)
}

#[cfg(not(debug_assertions))]
fn switch_on_canaries() -> Result<(), Failure> {
    Ok(())
}

#[cfg(debug_assertions)]
fn switch_on_canaries() -> Result<(), Failure> {
    match crate::settings::canary_from_environment().as_deref() {
        None => Ok(()),
        Some("answer-before-commit") => {
            storage::canary::switch_on_answer_before_commit();
            Ok(())
        }
        Some("give-broken-commits-up") => {
            storage::canary::switch_on_give_broken_commits_up();
            Ok(())
        }
        Some(other) => Err(Failure::usage(format!(
            "ORDERLY_CANARY is {other:?}: expected answer-before-commit or give-broken-commits-up"
        ))),
    }
}
