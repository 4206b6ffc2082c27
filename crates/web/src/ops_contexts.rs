//! The status of contexts and their consumers, as operators see it.

use operations::status::ContextStatus;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    endpoint::{Endpoint, GET, admin},
    paging::List,
    request::Request,
};

pub(crate) fn list_contexts() -> Endpoint {
    admin(GET, "/api/v1/ops/contexts", list)
        .named("listContexts", "How contexts and their consumers stand")
        .listing("ContextStatusList", "How every context stands.")
        .answering("Every context, with its consumers.")
}

async fn list(request: Request, _: Caller) -> Handled<List<ContextStatus>> {
    Answer::ok(&List::whole(request.operations().statuses().await))
}
