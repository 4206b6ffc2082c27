//! Serves the routes on a socket.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, dev::Server};

use crate::{WebState, configure, endpoint::RouteDescription};

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
    let server = HttpServer::new(move || App::new().configure(configure(state.clone(), serving)));
    let server = match serving {
        Serving::Everything | Serving::AllButOperations => server,
        // A person and a scraper do not keep two threads busy.
        Serving::OperationsOnly => server.workers(1),
    };
    let server = server
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEADERS_DEADLINE)
        .client_disconnect_timeout(LINGER)
        .shutdown_timeout(DRAIN_SECONDS)
        .tcp_nodelay(true)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
