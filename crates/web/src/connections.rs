//! What holds for every connection, whatever is asked over it: how many one network may have open, how long an answer may
//! wait to be read, and the headers of answers that are given before there is a request.
//!
//! It is a stream around the socket's own. HTTP is spoken above it, by `actix-http`, of which it knows one thing: how the
//! answer begins to what could not be parsed.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use accounts_app::Network;
use actix_web::rt::{
    net::TcpStream,
    time::{Sleep, sleep},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{TrustedProxies, edge::HEADERS, rules::answers_are_read_in_time::LONGEST_WITHOUT_PROGRESS};

/// The connections that are open, by the network at their other end. Clones share them.
#[derive(Clone)]
pub(crate) struct Connections {
    most_of_a_network: usize,
    proxies: TrustedProxies,
    open: Arc<Mutex<HashMap<Network, usize>>>,
}

/// The place of an open connection, until this is dropped.
pub(crate) struct OpenConnection {
    of: Option<(Connections, Network)>,
}

impl Connections {
    /// As many as this from one network; from a trusted proxy, or when it is 0, any number.
    pub(crate) fn of_a_network(most_of_a_network: usize, proxies: TrustedProxies) -> Self {
        Self {
            most_of_a_network,
            proxies,
            open: Arc::default(),
        }
    }

    /// A place for a connection from this address, if there is one.
    pub(crate) fn admit(&self, address: Option<IpAddr>) -> Option<OpenConnection> {
        let limited = address.filter(|address| self.most_of_a_network > 0 && !self.proxies.trusts(*address));
        let Some(address) = limited else {
            return Some(OpenConnection { of: None });
        };
        let network = Network::from(address);
        let mut open = self.open();
        let count = open.entry(network).or_default();
        if *count >= self.most_of_a_network {
            return None;
        }
        *count += 1;
        Some(OpenConnection {
            of: Some((self.clone(), network)),
        })
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn open(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let Some((connections, network)) = &self.of else {
            return;
        };
        let mut open = connections.open();
        if let Some(count) = open.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                open.remove(network);
            }
        }
    }
}

/// A connection.
pub(crate) struct Connection<S = TcpStream> {
    stream: S,
    /// Runs while the other end does not read what is written.
    deadline: Option<Pin<Box<Sleep>>>,
    /// What was taken to be written, and is not yet: an answer to what is no HTTP, with our headers.
    unwritten: Vec<u8>,
    _open: OpenConnection,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) const fn new(stream: S, open: OpenConnection) -> Self {
        Self {
            stream,
            deadline: None,
            unwritten: Vec::new(),
            _open: open,
        }
    }

    /// Passes on what became of a write. One that has to wait for too long fails, which ends the connection.
    fn in_time<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(LONGEST_WITHOUT_PROGRESS)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_unwritten(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unwritten.is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(context, &self.unwritten);
            let count = ready!(self.in_time(written, context))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unwritten.drain(..count);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_unwritten(context))?;
        if let Some(answer) = with_our_headers(bytes) {
            self.unwritten = answer;
            // It was taken: what is left of it is written before anything else is.
            let _ = self.poll_unwritten(context)?;
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unwritten(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unwritten(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How the answers begin that `actix-http` gives itself, to what it cannot parse.
const UNPARSED: [&[u8]; 2] = [
    b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n",
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n",
];
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The same bytes with our headers added, if they end with an answer that was given before there was a request. Ours have a body, and a
/// `request-id`.
fn with_our_headers(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = bytes.strip_suffix(END_OF_HEAD)?;
    let begins = |beginning: &[u8]| {
        let mut places = bytes.windows(beginning.len()).enumerate().rev();
        places
            .find(|(_, window)| *window == beginning)
            .map(|(place, _)| place)
    };
    let place = UNPARSED.into_iter().filter_map(begins).max()?;
    let answer = head.get(place..)?;
    if answer
        .windows(END_OF_HEAD.len())
        .any(|window| window == END_OF_HEAD)
    {
        return None;
    }
    let mut complete = head.to_vec();
    for (name, value) in HEADERS {
        complete.extend_from_slice(b"\r\n");
        complete.extend_from_slice(name.as_str().as_bytes());
        complete.extend_from_slice(b": ");
        complete.extend_from_slice(value.as_bytes());
    }
    complete.extend_from_slice(END_OF_HEAD);
    Some(complete)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn place() -> OpenConnection {
        OpenConnection { of: None }
    }

    #[test]
    fn a_network_has_so_many_connections_and_a_trusted_proxy_any_number() {
        let proxies = TrustedProxies::in_networks(&["10.0.0.0/8".parse().unwrap()]);
        let connections = Connections::of_a_network(2, proxies);
        let first = connections.admit(address("192.0.2.1"));
        let second = connections.admit(address("192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(connections.admit(address("192.0.2.1")).is_none());
        assert!(
            connections.admit(address("192.0.2.2")).is_some(),
            "another network"
        );
        let proxied: Vec<_> = (0..10).map(|_| connections.admit(address("10.0.0.1"))).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop(first);
        assert!(connections.admit(address("192.0.2.1")).is_some());
        drop((second, proxied));
        assert!(connections.open().is_empty());
    }

    #[test]
    fn what_could_not_be_parsed_is_answered_with_our_headers() {
        let answer = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let complete = String::from_utf8(with_our_headers(answer).unwrap()).unwrap();
        assert!(
            complete.contains("\r\ndate: x\r\ncache-control: no-store\r\n"),
            "{complete}"
        );
        assert!(complete.contains("frame-ancestors 'none'"), "{complete}");
        assert!(complete.ends_with("\r\n\r\n"));
        let ours = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nrequest-id: 1\r\n\r\n{}";
        assert_eq!(with_our_headers(ours), None);
        let mut pipelined = ours.to_vec();
        pipelined.extend_from_slice(answer);
        let complete = with_our_headers(&pipelined).unwrap();
        assert!(complete.starts_with(ours) && complete.len() > pipelined.len());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_reads_ends_the_connection_in_time() {
        let (stream, mut reader) = duplex(16);
        let mut connection = Connection::new(stream, place());
        let began = tokio::time::Instant::now();
        let failed = connection.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= LONGEST_WITHOUT_PROGRESS);
        let mut read = [0; 16];
        reader.read_exact(&mut read).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_who_reads_gets_all_of_it() {
        let (stream, mut reader) = duplex(16);
        let mut connection = Connection::new(stream, place());
        let reading = tokio::spawn(async move {
            let mut read = [0; 16];
            for _ in 0..4 {
                sleep(LONGEST_WITHOUT_PROGRESS - Duration::from_secs(1)).await;
                reader.read_exact(&mut read).await.unwrap();
            }
        });
        connection.write_all(&[0; 64]).await.unwrap();
        reading.await.unwrap();
    }
}
