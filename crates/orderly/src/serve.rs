//! `orderly serve`: migrate, serve, relay, deliver, and stop in an order that loses nothing.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use futures_util::future::join_all;
use message_bus::Sampling;
use operations::Operations;
use storage::CommitStatistics;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};
use web::{
    Cursors, Devices, IdempotencyKeys, LastReady, Metrics, OperatorSessions, Serving, StalledRelay,
    TrustedProxies, WebState,
};

use crate::{
    command_line::ServeArguments, database_location::DatabaseLocation, failure::Failure,
    installation::Installation, keeping::Keeping, settings::Settings, span_export::SpanExport,
};

/// Serves until SIGTERM or Ctrl-C.
pub(crate) async fn serve(
    settings: &Settings,
    arguments: &ServeArguments,
    spans: Option<&SpanExport>,
) -> Result<(), Failure> {
    crate::known_bugs::switch_on()?;
    // Installed before anything else starts: from here on a signal means a clean end, not a sudden one.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::unavailable)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::unavailable)?;

    let location = DatabaseLocation::of(&settings.database_url)?;
    let _lock = location.lock_for_serving()?;
    let listeners = listeners(arguments)?;
    let installation = Installation::open(settings, &location).await?;
    let mut keeping = Keeping::start(&installation)
        .await
        .map_err(Failure::unavailable)?;

    // After all that can refuse the start, which says so in one line.
    raise_file_limit();
    let (stop, stopped) = watch::channel(false);
    let mut relays = JoinSet::new();
    for relay in installation.relays().await.map_err(Failure::unavailable)? {
        relays.spawn(relay.run(stopped.clone()));
    }
    let state = WebState {
        accounts: installation.accounts.clone(),
        catalog: installation.catalog.clone(),
        ordering: installation.handlers.ordering.clone(),
        inventory: installation.handlers.inventory.clone(),
        operations: Arc::new(Operations::new(
            installation.contexts(),
            installation.clock.clone(),
        )),
        timelines: installation.timelines(),
        doctor: installation.doctor(),
        idempotency: IdempotencyKeys::new(
            installation
                .secret
                .derived_key("fingerprints of repeated requests"),
        ),
        proxies: TrustedProxies::in_networks(&arguments.trusted_proxies),
        connections_of_a_network: arguments.connections_per_address,
        cors_origins: arguments.cors_origins.as_slice().into(),
        devices: Devices::new(installation.secret.derived_key("known devices")),
        operator_sessions: OperatorSessions::new(
            installation.secret.derived_key("sessions of operators' pages"),
        ),
        metrics: Metrics::new().map_err(Failure::unavailable)?,
        last_ready: LastReady::default(),
        stalled_relay: StalledRelay::of_at_most(arguments.ready_max_lag),
        sampling: spans.map_or(Sampling::NONE, SpanExport::sampling),
        spans_lost: spans.map(SpanExport::lost),
        cursors: Cursors::new(installation.secret.derived_key("cursors of lists")),
        clock: installation.clock.clone(),
        ids: installation.ids.clone(),
    };
    let (mut servers, mut handles, mut addresses) = (JoinSet::new(), Vec::new(), Vec::new());
    for (listener, serving) in listeners {
        addresses.push((listener.local_addr().map_err(Failure::unavailable)?, serving));
        let server = web::serve(listener, state.clone(), serving).map_err(Failure::unavailable)?;
        handles.push(server.handle());
        servers.spawn(server);
    }
    announce(&addresses)?;

    let ended = tokio::select! {
        ended = servers.join_next() => ended,
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        () = keeping.go_on() => None,
    };
    tracing::info!("stopping");
    // First no new request is accepted and those under way are answered; then deliveries end; then the committers, which
    // the others wait for.
    join_all(handles.iter().map(|handle| handle.stop(true))).await;
    let mut ends: Vec<_> = ended.into_iter().collect();
    while let Some(ended) = servers.join_next().await {
        ends.push(ended);
    }
    // An error means that every relay has ended already.
    let _ = stop.send(true);
    while let Some(relay) = relays.join_next().await {
        if let Err(error) = relay {
            tracing::error!(%error, "a relay ended in a panic");
        }
    }
    if let Err(error) = keeping.live_on().await {
        tracing::warn!(%error, "the last of the time that was lived through could not be counted; things are kept so much longer");
    }
    for (context, CommitStatistics { commits, write_sets }) in installation.close().await {
        tracing::info!(context, commits, write_sets, "closed");
    }
    ends.into_iter()
        .try_for_each(|ended| ended.map_err(Failure::unavailable)?.map_err(Failure::unavailable))
}

/// Each connection is an open file, and a limit of 1,024 is common: it is raised to what the system allows.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => tracing::info!(limit, "so many files and connections may be open at once"),
        Err(error) => tracing::warn!(%error, "the number of files that may be open at once stays as it is"),
    }
}

/// Where to listen, and what to serve there.
fn listeners(arguments: &ServeArguments) -> Result<Vec<(TcpListener, Serving)>, Failure> {
    let listen = |setting: &str, address: SocketAddr| {
        TcpListener::bind(address)
            .map_err(|error| Failure::unavailable(format!("{setting} is {address}: {error}")))
    };
    let everybody = listen("ORDERLY_BIND (--bind)", arguments.bind)?;
    let Some(address) = arguments.ops_bind else {
        return Ok(vec![(everybody, Serving::Everything)]);
    };
    let operators = listen("ORDERLY_OPS_BIND (--ops-bind)", address)?;
    Ok(vec![
        (everybody, Serving::AllButOperations),
        (operators, Serving::OperationsOnly),
    ])
}

/// What is written to standard output: a parent that chose port 0 reads the port there.
fn announce(addresses: &[(SocketAddr, Serving)]) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    for (address, serving) in addresses {
        let whom = match serving {
            Serving::Everything | Serving::AllButOperations => "",
            Serving::OperationsOnly => " for operators",
        };
        writeln!(output, "orderly is listening{whom} on http://{address}").map_err(Failure::unavailable)?;
    }
    output.flush().map_err(Failure::unavailable)
}
