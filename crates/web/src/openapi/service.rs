//! The operations about the service itself.

use actix_web::http::{Method, StatusCode};

use super::{
    answers::{Contract, Liveness, Readiness},
    operation::Operation,
    parts::text,
};
use crate::{ProblemCode, docs};

pub(super) fn operations() -> Vec<Operation> {
    let names = docs::FILES.iter().map(|file| file.name);
    let file = Operation::of_the_process(
        Method::GET,
        "/docs/{file}",
        "getDocsFile",
        "A file of the API page",
    )
    .named_by("file", text().enum_values(Some(names)))
    .answering_page("*/*", "The file.")
    .finding("docs_file");
    vec![
        Operation::of_the_process(Method::GET, "/livez", "getLiveness", "Does the process live")
            .answering::<Liveness>(StatusCode::OK, "It does."),
        Operation::of_the_process(Method::GET, "/readyz", "getReadiness", "Can it serve")
            .saying("Also whether events move: a context in which they stand still is `behind`.")
            .answering::<Readiness>(StatusCode::OK, "Every context can, and none is behind.")
            .may_be(ProblemCode::NotReady),
        Operation::of_the_process(Method::GET, "/metrics", "getMetrics", "Figures for Prometheus")
            .saying("Requests, log-ins, commits, how far events are behind, and what consumers hold, in Prometheus's text format.")
            .answering_page("text/plain; version=0.0.4", "The figures."),
        Operation::of_the_process(Method::GET, "/openapi.json", "getContract", "This document")
            .answering::<Contract>(StatusCode::OK, "The API, as OpenAPI 3.1."),
        Operation::of_the_process(Method::GET, "/docs", "getDocs", "The API page")
            .saying("Reads this document and lets one log in and try everything. Asks no other machine.")
            .answering_page("text/html", "The page."),
        file,
    ]
}
