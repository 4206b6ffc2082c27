//! How contexts and their consumers stand, as operators see it.

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    paging::List,
    request::Request,
};

/// GET /ops/contexts
pub(crate) async fn list(request: Request, _: Caller) -> Handled {
    Answer::ok(&List::whole(request.operations().statuses().await))
}
