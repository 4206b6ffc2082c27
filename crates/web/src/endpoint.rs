//! One endpoint: its path, who may call it, what it takes, answers and refuses, and what it does.
//!
//! It is declared once, beside its handler. The route table, the contract, the tables of `docs/API.md` and the tests of policies
//! are made from the declarations.

mod declaring;
mod operation;

pub(crate) use operation::{Operation, Success};

use std::future::Future;

use actix_web::http::Method;
use futures_util::future::{FutureExt, LocalBoxFuture};
use schema::HasSchema;
use shared_kernel::Role;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    operators::Operator,
    request::Request,
};

pub(crate) const GET: Method = Method::GET;
pub(crate) const POST: Method = Method::POST;
pub(crate) const PUT: Method = Method::PUT;
pub(crate) const PATCH: Method = Method::PATCH;
pub(crate) const DELETE: Method = Method::DELETE;

/// Who may use a route. Each policy includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Policy {
    /// Every caller; a token is not looked at.
    Public,
    /// Logged-in users, about themselves.
    Authenticated,
    /// Logged-in users, about their own data, and staff about everything. The use case decides whose the data
    /// are: another's are not found.
    Owner,
    /// Staff and admins.
    Staff,
    /// Admins.
    Admin,
    /// Admins who logged in on the pages below `/ops`. Others are redirected to the log-in page.
    Operator,
}

impl Policy {
    /// Its name, as documents and `x-policy` have it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Authenticated => "authenticated",
            Self::Owner => "owner",
            Self::Staff => "staff",
            Self::Admin => "admin",
            Self::Operator => "operator",
        }
    }

    /// The least role that satisfies it; `None` when no log-in is needed.
    pub(crate) const fn least_role(self) -> Option<Role> {
        match self {
            Self::Public => None,
            Self::Authenticated | Self::Owner => Some(Role::Customer),
            Self::Staff => Some(Role::Staff),
            Self::Admin | Self::Operator => Some(Role::Admin),
        }
    }
}

/// Which requests an endpoint is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteDescription {
    /// The HTTP method.
    pub(crate) method: Method,
    /// The path, with `{parameters}`.
    pub(crate) path: &'static str,
    /// Who may use it.
    pub(crate) policy: Policy,
}

/// Paths below which an installation is operated, rather than used.
const FOR_OPERATORS: [&str; 3] = ["/metrics", "/ops", "/api/v1/ops"];

impl RouteDescription {
    /// Whether it is part of a page for people, which no contract describes.
    pub(crate) fn is_page(&self) -> bool {
        self.path == "/ops" || self.path.starts_with("/ops/")
    }

    /// Whether it is for operators, and may be served on an address of its own.
    pub(crate) fn is_for_operators(&self) -> bool {
        let is_below = |base: &str| {
            let rest = self.path.strip_prefix(base);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        FOR_OPERATORS.into_iter().any(is_below)
    }
}

/// What an endpoint does. A handler that needs its caller cannot have a public policy, and the reverse.
pub(crate) enum Handler {
    ForAnyone(Box<dyn Fn(Request) -> LocalBoxFuture<'static, Handled>>),
    ForCallers {
        least_role: Role,
        handler: Box<dyn Fn(Request, Caller) -> LocalBoxFuture<'static, Handled>>,
    },
    Page(Box<dyn Fn(Request, Operator) -> LocalBoxFuture<'static, Handled>>),
}

/// An endpoint. Only the functions below make one: each names a policy, and takes the answer's type from the handler's.
pub(crate) struct Endpoint {
    pub(crate) route: RouteDescription,
    pub(crate) handler: Handler,
    pub(crate) operation: Operation,
}

impl Endpoint {
    fn new<T: HasSchema>(method: Method, path: &'static str, policy: Policy, handler: Handler) -> Self {
        let operation = Operation::new(&method, path, policy, T::schema);
        let route = RouteDescription { method, path, policy };
        Self {
            route,
            handler,
            operation,
        }
    }
}

pub(crate) fn public<T, F>(
    method: Method,
    path: &'static str,
    handler: impl Fn(Request) -> F + 'static,
) -> Endpoint
where
    T: HasSchema,
    F: Future<Output = Handled<T>> + 'static,
{
    let handler = Handler::ForAnyone(Box::new(move |request| untyped(handler(request))));
    Endpoint::new::<T>(method, path, Policy::Public, handler)
}

pub(crate) fn operator<F>(
    method: Method,
    path: &'static str,
    handler: impl Fn(Request, Operator) -> F + 'static,
) -> Endpoint
where
    F: Future<Output = Handled> + 'static,
{
    let handler = Handler::Page(Box::new(move |request, operator| {
        handler(request, operator).boxed_local()
    }));
    Endpoint::new::<()>(method, path, Policy::Operator, handler)
}

macro_rules! endpoints_for_callers {
    ($($name:ident => $policy:expr, $least_role:expr;)*) => {$(
        pub(crate) fn $name<T, F>(
            method: Method,
            path: &'static str,
            handler: impl Fn(Request, Caller) -> F + 'static,
        ) -> Endpoint
        where
            T: HasSchema,
            F: Future<Output = Handled<T>> + 'static,
        {
            let handler = Handler::ForCallers {
                least_role: $least_role,
                handler: Box::new(move |request, caller| untyped(handler(request, caller))),
            };
            Endpoint::new::<T>(method, path, $policy, handler)
        }
    )*};
}

endpoints_for_callers! {
    authenticated => Policy::Authenticated, Role::Customer;
    owner => Policy::Owner, Role::Customer;
    staff => Policy::Staff, Role::Staff;
    admin => Policy::Admin, Role::Admin;
}

fn untyped<T>(handling: impl Future<Output = Handled<T>> + 'static) -> LocalBoxFuture<'static, Handled> {
    handling.map(|handled| handled.map(Answer::untyped)).boxed_local()
}
