//! HTTP for the exporter's own thread, the only one that may block.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::Counts;

/// The longest answer that is read: a collector's answers are short.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// A client that keeps its connection.
#[derive(Debug)]
pub(super) struct BlockingClient {
    agent: Agent,
    counts: Arc<Counts>,
}

impl BlockingClient {
    /// A client that gives a request up after `patience`, and trusts the machine's certificates.
    pub(super) fn new(patience: Duration, counts: Arc<Counts>) -> Self {
        let trusted = rustls_native_certs::load_native_certs().certs;
        let trusted = trusted.iter().map(|der| Certificate::from_der(der).to_owned());
        let tls = TlsConfig::builder().root_certs(RootCerts::from(trusted));
        let agent = Agent::config_builder()
            .timeout_global(Some(patience))
            .max_redirects(0)
            .http_status_as_error(false)
            .tls_config(tls.build())
            .build()
            .new_agent();
        Self { agent, counts }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (parts, body) = request.into_parts();
        let answer = self.agent.run(Request::from_parts(parts, body.as_ref()))?;
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(LONGEST_ANSWER).read_to_vec()?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

#[async_trait]
impl HttpClient for BlockingClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.send(request).map_err(|error| {
            self.counts.note(&error);
            error.into()
        })
    }
}
