//! One route: what it answers to, who may ask, and what it does.

use std::future::Future;

use actix_web::http::Method;
use futures_util::future::{FutureExt, LocalBoxFuture};
use shared_kernel::Role;

use crate::{answer::Handled, authentication::Caller, operators::Operator, request::Request};

/// Who may use a route. Each policy includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Anybody; a token is not looked at.
    Public,
    /// Anybody who is logged in, about themselves.
    Authenticated,
    /// Anybody who is logged in, about what is theirs, and staff about everything. Whose it is, the
    /// use case decides: what is not the caller's is not found.
    Owner,
    /// Staff and admins.
    Staff,
    /// Admins.
    Admin,
    /// Admins who logged in on the pages below `/ops`. Anybody else is sent to where one does.
    Operator,
}

impl Policy {
    /// The least role that satisfies it; `None` when no log-in is needed.
    pub const fn least_role(self) -> Option<Role> {
        match self {
            Self::Public => None,
            Self::Authenticated | Self::Owner => Some(Role::Customer),
            Self::Staff => Some(Role::Staff),
            Self::Admin | Self::Operator => Some(Role::Admin),
        }
    }
}

/// A route as data: what the table says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteDescription {
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Who may use it.
    pub policy: Policy,
}

/// Below these paths an installation is looked at and worked on, rather than used.
const FOR_OPERATORS: [&str; 3] = ["/metrics", "/ops", "/api/v1/ops"];

impl RouteDescription {
    /// Whether it is part of a page for people, which no contract describes.
    pub fn is_page(&self) -> bool {
        self.path == "/ops" || self.path.starts_with("/ops/")
    }

    /// Whether it is for whoever runs the installation, and may be served on an address of its own.
    pub fn is_for_operators(&self) -> bool {
        let is_below = |base: &str| {
            let rest = self.path.strip_prefix(base);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        FOR_OPERATORS.into_iter().any(is_below)
    }
}

/// What a route does. A handler that needs to know its caller cannot be put under a public route, and the reverse.
pub(crate) enum Handler {
    ForAnyone(Box<dyn Fn(Request) -> LocalBoxFuture<'static, Handled>>),
    ForCallers {
        least_role: Role,
        handler: Box<dyn Fn(Request, Caller) -> LocalBoxFuture<'static, Handled>>,
    },
    Page(Box<dyn Fn(Request, Operator) -> LocalBoxFuture<'static, Handled>>),
}

/// A row of the route table. Only the functions below make one, and each names a policy.
pub(crate) struct Route {
    pub(crate) description: RouteDescription,
    pub(crate) handler: Handler,
}

pub(crate) fn public<F>(method: Method, path: &'static str, handler: impl Fn(Request) -> F + 'static) -> Route
where
    F: Future<Output = Handled> + 'static,
{
    Route {
        description: RouteDescription {
            method,
            path,
            policy: Policy::Public,
        },
        handler: Handler::ForAnyone(Box::new(move |request| handler(request).boxed_local())),
    }
}

pub(crate) fn operator<F>(
    method: Method,
    path: &'static str,
    handler: impl Fn(Request, Operator) -> F + 'static,
) -> Route
where
    F: Future<Output = Handled> + 'static,
{
    Route {
        description: RouteDescription {
            method,
            path,
            policy: Policy::Operator,
        },
        handler: Handler::Page(Box::new(move |request, operator| {
            handler(request, operator).boxed_local()
        })),
    }
}

macro_rules! routes_for_callers {
    ($($name:ident => $policy:expr, $least_role:expr;)*) => {$(
        pub(crate) fn $name<F>(
            method: Method,
            path: &'static str,
            handler: impl Fn(Request, Caller) -> F + 'static,
        ) -> Route
        where
            F: Future<Output = Handled> + 'static,
        {
            Route {
                description: RouteDescription { method, path, policy: $policy },
                handler: Handler::ForCallers {
                    least_role: $least_role,
                    handler: Box::new(move |request, caller| handler(request, caller).boxed_local()),
                },
            }
        }
    )*};
}

routes_for_callers! {
    authenticated => Policy::Authenticated, Role::Customer;
    owner => Policy::Owner, Role::Customer;
    staff => Policy::Staff, Role::Staff;
    admin => Policy::Admin, Role::Admin;
}
