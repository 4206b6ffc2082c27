//! A request, as handlers read it.

use std::{net::IpAddr, rc::Rc, str::FromStr};

use accounts_app::Accounts;
use actix_web::{
    HttpRequest,
    web::{Bytes, Payload},
};
use catalog::Catalog;
use inventory_app::Inventory;
use message_bus::{Actor, CommandMeta};
use operations::Operations;
use ordering_app::Ordering;
use shared_kernel::printable::is_printable;

use crate::{
    WebState,
    body::{self, FromJson},
    form::Form,
    meta,
    parameters::{self, Parameters},
    problem::Problem,
    request_id::RequestId,
    use_case_errors::not_found,
};

/// A request on its way to a handler.
pub(crate) struct Request {
    http: HttpRequest,
    payload: Payload,
    state: Rc<WebState>,
    id: RequestId,
    body: Bytes,
}

impl Request {
    pub(crate) const fn new(http: HttpRequest, payload: Payload, state: Rc<WebState>, id: RequestId) -> Self {
        Self {
            http,
            payload,
            state,
            id,
            body: Bytes::new(),
        }
    }

    pub(crate) const fn http(&self) -> &HttpRequest {
        &self.http
    }

    pub(crate) const fn id(&self) -> &RequestId {
        &self.id
    }

    /// The other end of the connection. Headers about callers farther away can be forged.
    pub(crate) fn caller_address(&self) -> Option<IpAddr> {
        self.http.peer_addr().map(|address| address.ip())
    }

    pub(crate) fn state(&self) -> &WebState {
        &self.state
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.state.accounts
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.state.catalog
    }

    pub(crate) fn ordering(&self) -> &Ordering {
        &self.state.ordering
    }

    pub(crate) fn inventory(&self) -> &Inventory {
        &self.state.inventory
    }

    pub(crate) fn operations(&self) -> &Operations {
        &self.state.operations
    }

    /// The meta of the command that this request leads to.
    pub(crate) fn meta(&self, actor: Actor) -> Result<CommandMeta, Problem> {
        meta::command_meta(self, actor)
    }

    /// The id in the path's `{name}`. A text that is no id, or not printable, names nothing, so it is not found.
    pub(crate) fn path_id<T: FromStr>(&self, name: &str, what: &'static str) -> Result<T, Problem> {
        self.http
            .match_info()
            .get(name)
            .filter(|text| is_printable(text))
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| not_found(what))
    }

    /// The query's parameters, read by `read`; refused with all that is wrong with them.
    pub(crate) fn query<T>(&self, read: impl FnOnce(&mut Parameters) -> Option<T>) -> Result<T, Problem> {
        parameters::read(self.http.query_string(), read)
    }

    /// The JSON body; refused with all that is wrong with it.
    pub(crate) async fn json<T: FromJson>(&mut self) -> Result<T, Problem> {
        self.body = body::bytes(&self.http, &mut self.payload).await?;
        body::read(&self.body)
    }

    /// The same where every field is optional: no body at all is as good as `{}`.
    pub(crate) async fn json_or_nothing<T: FromJson>(&mut self) -> Result<T, Problem> {
        self.body = body::bytes(&self.http, &mut self.payload).await?;
        body::read_or_nothing(&self.body)
    }

    /// The JSON body as it was sent, once it has been read; nothing before that.
    pub(crate) fn body_read(&self) -> &[u8] {
        &self.body
    }

    /// The form in the body, of at most so many bytes.
    pub(crate) async fn form(&mut self, limit: usize) -> Result<Form, Problem> {
        Form::read(&self.http, &mut self.payload, limit).await
    }
}
