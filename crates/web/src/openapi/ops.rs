//! The operations for operators: how contexts stand, dead letters, consumers, and what was done about them.

use actix_web::http::{Method, StatusCode};
use utoipa::openapi::ObjectBuilder;

use super::{
    operation::Operation,
    ops_answers::{Acted, ContextStatusList, DeadLetterList, HeldDelivery, OperatorActionList},
    parts::{query, text, whole_number},
    requests::{Reason, ReasonPerhaps},
    story_answers::Examined,
};
use crate::ProblemCode;

const REASON_RULES: [&str; 2] = ["reason_too_long", "reason_not_printable"];

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = reading();
    operations.extend(dead_letters());
    operations.extend(consumers());
    operations
}

fn limit(operation: Operation) -> Operation {
    operation.asking(query(
        "limit",
        "How many at most.",
        whole_number(1, 100).default(Some(20.into())),
    ))
}

fn delivery_id() -> ObjectBuilder {
    text()
        .pattern(Some(
            "^[a-z_]+\\.[a-z_]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        ))
        .description(Some("The consumer's name and the event's id."))
}

fn consumer() -> ObjectBuilder {
    text()
        .pattern(Some("^[a-z_]+\\.[a-z_]+$"))
        .description(Some("Its name, as in `ordering.users`."))
}

fn reading() -> Vec<Operation> {
    vec![
        Operation::new(
            Method::GET,
            "/api/v1/ops/contexts",
            "listContexts",
            "How contexts and their consumers stand",
        )
        .answering::<ContextStatusList>(StatusCode::OK, "Every context, with its consumers."),
        limit(Operation::new(
            Method::GET,
            "/api/v1/ops/dead-letters",
            "listDeadLetters",
            "Dead letters",
        ))
        .saying("Deliveries that were given up, the longest held first.")
        .asking(query("cursor", "`next_cursor` of the page before.", text()))
        .answering::<DeadLetterList>(StatusCode::OK, "A page of dead letters.")
        .with_headers(&["Link"]),
        Operation::new(
            Method::GET,
            "/api/v1/ops/dead-letters/{delivery_id}",
            "getDeadLetter",
            "A dead letter",
        )
        .saying("Also one that is dead no more.")
        .named_by("delivery_id", delivery_id())
        .answering::<HeldDelivery>(StatusCode::OK, "All that is known about it.")
        .finding("dead_letter"),
        Operation::new(
            Method::POST,
            "/api/v1/ops/invariants",
            "examineInvariants",
            "Look at what must hold",
        )
        .saying("Reads every context's database, and may take minutes on a large one. Changes nothing.")
        .answering::<Examined>(StatusCode::OK, "What was found."),
        limit(Operation::new(
            Method::GET,
            "/api/v1/ops/actions",
            "listOperatorActions",
            "What operators did",
        ))
        .saying("The latest first.")
        .answering::<OperatorActionList>(StatusCode::OK, "The last of what they did."),
    ]
}

fn dead_letters() -> Vec<Operation> {
    vec![
        acting(
            "/api/v1/ops/dead-letters/{delivery_id}/replay",
            "replayDeadLetter",
            "Try a dead letter again",
        )
        .named_by("delivery_id", delivery_id())
        .taking_perhaps::<ReasonPerhaps>()
        .answering::<Acted>(
            StatusCode::OK,
            "It is tried again, and what waits behind it follows.",
        )
        .finding("dead_letter")
        .refusing(409, &["delivery_not_dead"]),
        acting(
            "/api/v1/ops/dead-letters/{delivery_id}/discard",
            "discardDeadLetter",
            "Give a dead letter up for good",
        )
        .named_by("delivery_id", delivery_id())
        .taking::<Reason>()
        .answering::<Acted>(
            StatusCode::OK,
            "It is never applied; what waited behind it goes on.",
        )
        .finding("dead_letter")
        .refusing(409, &["delivery_not_dead"])
        .refusing(422, &["reason_missing"]),
    ]
}

fn consumers() -> Vec<Operation> {
    vec![
        acting(
            "/api/v1/ops/consumers/{consumer}/pause",
            "pauseConsumer",
            "Pause a consumer",
        )
        .saying("Its events wait until it is resumed.")
        .named_by("consumer", consumer())
        .taking::<Reason>()
        .answering::<Acted>(StatusCode::OK, "It is handed nothing any more.")
        .finding("consumer")
        .refusing(409, &["consumer_already_paused"])
        .refusing(422, &["reason_missing"]),
        acting(
            "/api/v1/ops/consumers/{consumer}/resume",
            "resumeConsumer",
            "Let a consumer go on",
        )
        .named_by("consumer", consumer())
        .taking_perhaps::<ReasonPerhaps>()
        .answering::<Acted>(
            StatusCode::OK,
            "It is handed events again, first those that waited.",
        )
        .finding("consumer")
        .refusing(409, &["consumer_not_paused"]),
    ]
}

fn acting(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Method::POST, path, id, summary)
        .may_be(ProblemCode::MalformedIfMatch)
        .refusing(422, &REASON_RULES)
}
