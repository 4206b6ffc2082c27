//! What happens around every handler: the request's id, the policy, panics, headers, the log line.
//!
//! It is one function rather than a stack of middleware, so that each request pays for one boxed future,
//! and so that no answer misses a header.

use std::{any::Any, panic::AssertUnwindSafe, rc::Rc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Payload,
};
use futures_util::FutureExt;
use message_bus::{Sampling, TraceContext, trace_context::Hexadecimal};
use shared_kernel::Timestamp;
use tracing::{Instrument, Span, error_span, field};

use crate::{
    WebState,
    answer::{Answer, Handled},
    authentication, codes,
    endpoint::{Endpoint, Handler},
    metrics::NO_ROUTE,
    operators, pages, preconditions,
    problem::Problem,
    request::Request,
    request_id::RequestId,
};

/// Requests below these paths are traced; probes, figures and the contract's pages are not, unless the caller's trace is recorded.
const TRACED: [&str; 2] = ["/api/", "/ops"];
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// On every answer. Answers are JSON with personal data: never cached, sniffed, framed or followed.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// Answers a request to a route of the table.
pub(crate) async fn answer(
    endpoint: Rc<Endpoint>,
    state: Rc<WebState>,
    http: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let exchange = Exchange::begin(&state, http, endpoint.route.path);
    let request = Request::new(
        exchange.http.clone(),
        payload,
        Rc::clone(&state),
        exchange.id.clone(),
    );
    // A handler shares nothing mutable with the rest of the process but the contexts, and those handle
    // poisoned locks; its unfinished work is dropped.
    let handling = handle(&endpoint, request).instrument(exchange.span.clone());
    let handled = AssertUnwindSafe(handling).catch_unwind().await;
    exchange.end(&state, handled.unwrap_or_else(|panic| Err(panicked(&*panic))))
}

/// Answers a path that no route has.
pub(crate) async fn route_not_found(state: Rc<WebState>, http: HttpRequest) -> HttpResponse {
    let detail = "there is nothing at this path";
    Exchange::begin(&state, http, NO_ROUTE).end(&state, Err(Problem::new(codes::ROUTE_NOT_FOUND, detail)))
}

/// Answers a path that exists, for another method.
pub(crate) async fn method_not_allowed(
    state: Rc<WebState>,
    http: HttpRequest,
    allowed: String,
) -> HttpResponse {
    let detail = format!("found {}, expected {allowed}", http.method());
    let problem = Problem::new(codes::METHOD_NOT_ALLOWED, detail).with_header(header::ALLOW, &allowed);
    Exchange::begin(&state, http, NO_ROUTE).end(&state, Err(problem))
}

async fn handle(endpoint: &Endpoint, request: Request) -> Handled {
    match &endpoint.handler {
        Handler::ForAnyone(handler) => handler(request).await,
        Handler::ForCallers { least_role, handler } => {
            let caller = authentication::caller(&request).await?;
            caller.must_be(*least_role)?;
            handler(request, caller).await
        }
        Handler::Page(handler) => {
            let handled = match operators::operator(&request).await {
                Ok(Some(operator)) => handler(request, operator).await,
                Ok(None) => Ok(pages::log_in::to_log_in()),
                Err(problem) => Err(problem),
            };
            handled.map_err(pages::refusal)
        }
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Problem::internal_error(format!("a handler panicked: {message}"))
}

/// At error level, so that every line logged within it names the request. Only a span of a recorded trace has its ids
/// and more of the request: every field costs something, and most requests need no more than these two.
fn span(id: &RequestId, http: &HttpRequest, route: &'static str) -> Span {
    let trace = id.trace();
    if !trace.is_sampled() {
        return error_span!(
            parent: None,
            "request",
            trace_id = trace.trace_id().as_str(),
            request_id = id.as_str(),
        );
    }
    let parent = id.parent().map(TraceContext::span_id);
    error_span!(
        parent: None,
        "request",
        trace_id = trace.trace_id().as_str(),
        span_id = trace.span_id().as_str(),
        parent_span_id = parent.as_ref().map(Hexadecimal::as_str),
        request_id = id.as_str(),
        method = http.method().as_str(),
        route,
        status = field::Empty,
        error = field::Empty,
    )
}

/// A request on its way to an answer.
struct Exchange {
    http: HttpRequest,
    id: RequestId,
    /// The pattern of the route that answers it.
    route: &'static str,
    began: Timestamp,
    span: Span,
}

impl Exchange {
    fn begin(state: &WebState, http: HttpRequest, route: &'static str) -> Self {
        let sampling = if TRACED.iter().any(|beginning| route.starts_with(beginning)) {
            state.sampling
        } else {
            Sampling::NONE
        };
        let id = RequestId::of(&http, &*state.ids, sampling);
        Self {
            began: state.clock.now(),
            span: span(&id, &http, route),
            id,
            route,
            http,
        }
    }

    fn end(self, state: &WebState, handled: Handled) -> HttpResponse {
        let _within = self.span.enter();
        let mut response = match handled {
            Ok(answer) => self.succeed(answer),
            Err(problem) => self.fail(&problem),
        };
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            // The docs page has a content security policy of its own.
            if !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        }
        headers.insert(REQUEST_ID, self.id.header().clone());
        let (method, status, ended) = (self.http.method(), response.status(), state.clock.now());
        state
            .metrics
            .answered(method, self.route, status, self.began, ended);
        tracing::debug!(
            path = self.http.path(),
            status = status.as_u16(),
            milliseconds = ended.milliseconds_since(self.began),
            "answered"
        );
        // A field that the span does not have is ignored.
        self.span.record("status", status.as_u16());
        response
    }

    fn succeed(&self, answer: Answer) -> HttpResponse {
        let reading = self.http.method().is_safe();
        match answer.tag() {
            Some(tag) if reading && preconditions::none_match_holds(&self.http, tag) => {
                HttpResponse::build(StatusCode::NOT_MODIFIED)
                    .insert_header((header::ETAG, tag.header()))
                    .finish()
            }
            _ => answer.into_response(),
        }
    }

    fn fail(&self, problem: &Problem) -> HttpResponse {
        if let Some(cause) = problem.cause() {
            let code = problem.code();
            if problem.status() == StatusCode::INTERNAL_SERVER_ERROR {
                tracing::error!(path = self.http.path(), code, cause, "a request failed");
            } else {
                tracing::warn!(path = self.http.path(), code, cause, "a request failed");
            }
            self.span.record("error", cause);
        }
        problem.to_response(self.http.path(), self.id.as_str())
    }
}
