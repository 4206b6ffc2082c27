//! A minimal OpenTelemetry collector: it takes spans over HTTP, or leaves its callers waiting.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span as SentSpan, status::StatusCode},
};
use prost::Message;

/// How long anything that has to happen may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A span, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Its trace, in hexadecimal.
    pub trace_id: String,
    /// Its id.
    pub span_id: String,
    /// Its parent; empty without one.
    pub parent_span_id: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its error, if there is one.
    pub error: Option<String>,
    /// The service that sent it.
    pub service: String,
    /// Its end is no earlier than its beginning, which is a time of this century.
    pub has_times: bool,
}

impl Span {
    /// An attribute, which it has to have.
    pub fn attribute(&self, key: &str) -> &str {
        self.attributes
            .get(key)
            .unwrap_or_else(|| panic!("found no {key} in {self:?}"))
    }

    /// Whether this one is its parent.
    pub fn is_below(&self, parent: &Self) -> bool {
        (&self.trace_id, &self.parent_span_id) == (&parent.trace_id, &parent.span_id)
    }
}

#[derive(Default)]
struct Taken {
    spans: Mutex<Vec<Span>>,
    changed: Condvar,
    /// Connections whose requests are never answered.
    unanswered: Mutex<Vec<TcpStream>>,
    is_silent: AtomicBool,
    has_ended: AtomicBool,
}

/// A collector on a free port of this machine. It ends when it is dropped.
pub struct Collector {
    address: SocketAddr,
    taken: Arc<Taken>,
    listening: Option<JoinHandle<()>>,
}

impl Collector {
    /// A collector that takes every span.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::<Taken>::default();
        let own = Arc::clone(&taken);
        let listening = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if own.has_ended.load(Ordering::SeqCst) {
                    return;
                }
                let taken = Arc::clone(&own);
                // An error means that the other side has gone.
                thread::spawn(move || converse(stream, &taken));
            }
        });
        Self {
            address,
            taken,
            listening: Some(listening),
        }
    }

    /// Its URL, as in `http://127.0.0.1:4318`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on no request is answered.
    pub fn fall_silent(&self) {
        self.taken.is_silent.store(true, Ordering::SeqCst);
    }

    /// Waits until a caller waits for an answer.
    pub fn wait_for_waiting(&self) {
        let waiting = self.taken.unanswered.lock().unwrap();
        let (_waiting, waited) = self
            .taken
            .changed
            .wait_timeout_while(waiting, PATIENCE, |waiting| waiting.is_empty())
            .unwrap();
        assert!(!waited.timed_out(), "nobody sent anything");
    }

    /// All spans so far.
    pub fn spans(&self) -> Vec<Span> {
        self.taken.spans.lock().unwrap().clone()
    }

    /// Waits for a span that matches, and returns it.
    pub fn wait_for(&self, what: &str, is: impl Fn(&Span) -> bool) -> Span {
        let spans = self.taken.spans.lock().unwrap();
        let (spans, _) = self
            .taken
            .changed
            .wait_timeout_while(spans, PATIENCE, |spans| !spans.iter().any(&is))
            .unwrap();
        let found = spans.iter().find(|span| is(span)).cloned();
        found.unwrap_or_else(|| panic!("found no span {what}, only:\n{spans:#?}"))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.taken.has_ended.store(true, Ordering::SeqCst);
        // The thread wakes only for a caller. An error means that it has gone already.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
    }
}

/// Takes one request after the other, as long as the other side sends some.
fn converse(stream: TcpStream, taken: &Taken) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    let mut output = stream;
    while let Some((head, body)) = read_request(&mut input)? {
        if taken.is_silent.load(Ordering::SeqCst) {
            taken.unanswered.lock().unwrap().push(output);
            taken.changed.notify_all();
            return Ok(());
        }
        assert_eq!(head[0], "POST /v1/traces HTTP/1.1");
        assert!(
            head.contains(&"content-type: application/x-protobuf".to_owned()),
            "{head:?}"
        );
        taken.spans.lock().unwrap().extend(spans(&body));
        taken.changed.notify_all();
        output.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n",
        )?;
    }
    Ok(())
}

/// The lines of a head, and a body as long as it says.
fn read_request(input: &mut impl BufRead) -> io::Result<Option<(Vec<String>, Vec<u8>)>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    input.read_exact(&mut body)?;
    Ok(Some((head, body)))
}

fn spans(body: &[u8]) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let of_resources = request.resource_spans.into_iter().flat_map(|of_resource| {
        let resource = texts(of_resource.resource.unwrap_or_default().attributes);
        let service = resource["service.name"].clone();
        let spans = of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.map(move |span| taken(span, service.clone()))
    });
    of_resources.collect()
}

fn taken(span: SentSpan, service: String) -> Span {
    let status = span.status.unwrap_or_default();
    Span {
        name: span.name,
        trace_id: hexadecimal(&span.trace_id),
        span_id: hexadecimal(&span.span_id),
        parent_span_id: hexadecimal(&span.parent_span_id),
        attributes: texts(span.attributes),
        error: (status.code == StatusCode::Error as i32).then_some(status.message),
        service,
        has_times: span.start_time_unix_nano > 1_000_000_000_000_000_000
            && span.end_time_unix_nano >= span.start_time_unix_nano,
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let texts = attributes.into_iter().map(|attribute| {
        let value = match attribute.value.and_then(|value| value.value) {
            Some(Value::StringValue(text)) => text,
            Some(Value::IntValue(number)) => number.to_string(),
            other => panic!("found {other:?}, expected a text or a number"),
        };
        (attribute.key, value)
    });
    texts.collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
