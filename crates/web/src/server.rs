//! Serves the routes on a socket.

use std::{
    future::ready,
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_http::HttpService;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App, Error,
    dev::{AppConfig, Server},
    middleware::Condition,
    rt::net::TcpStream,
};

use crate::{
    WebState, configure,
    connections::{Connection, Connections},
    cors::cors,
    endpoint::RouteDescription,
};

/// How long an idle connection stays open. Longer than at common proxies, so that the proxy closes it.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a request's headers may take. Its body has a deadline of its own.
const HEADERS_DEADLINE: Duration = Duration::from_secs(10);
/// How long a client may take to read the answer to a body that was not read to its end.
const LINGER: Duration = Duration::from_secs(2);
/// How long requests that are under way may take when the server is stopped.
const DRAIN_SECONDS: u64 = 10;

/// Which of the routes an address serves. The others are not found there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// Every route.
    Everything,
    /// Every route but the operators'.
    AllButOperations,
    /// The operators' routes, and no others.
    OperationsOnly,
}

impl Serving {
    pub(crate) fn includes(self, route: &RouteDescription) -> bool {
        match self {
            Self::Everything => true,
            Self::AllButOperations => !route.is_for_operators(),
            Self::OperationsOnly => route.is_for_operators(),
        }
    }
}

/// A server for these contexts on `listener`, which runs when it is awaited (or spawned).
///
/// It handles no signals: the owner of its `handle()` stops it, and `stop(true)` lets requests under way end.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(listener: TcpListener, state: WebState, serving: Serving) -> io::Result<Server> {
    let connections = Connections::of_a_network(state.connections_of_a_network, state.proxies.clone());
    let builder = Server::build();
    let stopping = builder.graceful_shutdown_signal();
    let builder = match serving {
        Serving::Everything | Serving::AllButOperations => builder,
        // A person and a scraper do not keep two threads busy.
        Serving::OperationsOnly => builder.workers(1),
    };
    let address = listener.local_addr()?;
    let factory = move || {
        let connections = connections.clone();
        let origins = &state.cors_origins;
        let app = App::new()
            .wrap(Condition::new(!origins.is_empty(), cors(origins)))
            .configure(configure(state.clone(), serving));
        let app = app.into_factory().map_err(|error: Error| error.error_response());
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEADERS_DEADLINE)
            .client_disconnect_timeout(LINGER)
            .local_addr(address)
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| ready(admit(&connections, stream))).and_then(http.map_err(drop))
    };
    let server = builder
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals()
        .listen("orderly", listener, factory)?;
    Ok(server.run())
}

/// A connection, and who is at its other end.
type Admitted = (Connection, Option<SocketAddr>);

/// A place for the connection, unless its network has too many already.
fn admit(connections: &Connections, stream: TcpStream) -> Result<Admitted, ()> {
    let peer = stream.peer_addr().ok();
    let place = connections.admit(peer.map(|peer| peer.ip())).ok_or(())?;
    // Answers are written whole, so there is nothing to wait for before they are sent.
    let _ = stream.set_nodelay(true);
    Ok((Connection::new(stream, place), peer))
}
