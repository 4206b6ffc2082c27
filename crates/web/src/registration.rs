//! Hands the route table to actix-web.
//!
//! Paths that the table knows answer other methods with 405 and `Allow`; paths that it does not know, with 404.

use std::{collections::BTreeMap, rc::Rc};

use actix_web::{
    HttpRequest,
    guard::{self, Guard},
    http::Method,
    web::{self, Payload, ServiceConfig},
};

use crate::{Serving, WebState, edge, route::Route, routes::table};

/// Registers the routes that are served, and the answers to everything else.
pub fn configure(state: WebState, serving: Serving) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let served = move |route: &Route| serving.includes(&route.description);
    move |config| register(config, table().into_iter().filter(served).collect(), state)
}

pub(crate) fn register(config: &mut ServiceConfig, table: Vec<Route>, state: WebState) {
    let state = Rc::new(state);
    let mut by_path: BTreeMap<&'static str, Vec<Rc<Route>>> = BTreeMap::new();
    for route in table {
        by_path
            .entry(route.description.path)
            .or_default()
            .push(Rc::new(route));
    }
    for (path, routes) in by_path {
        let allowed = allowed_methods(&routes);
        let mut resource = web::resource(path);
        for route in routes {
            let state = Rc::clone(&state);
            let method = answers_to(route.description.method.clone());
            let answer = move |http: HttpRequest, payload: Payload| {
                edge::answer(Rc::clone(&route), Rc::clone(&state), http, payload)
            };
            resource = resource.route(web::route().guard(method).to(answer));
        }
        let state = Rc::clone(&state);
        let refuse =
            move |http: HttpRequest| edge::method_not_allowed(Rc::clone(&state), http, allowed.clone());
        config.service(resource.default_service(web::to(refuse)));
    }
    let refuse = move |http: HttpRequest| edge::route_not_found(Rc::clone(&state), http);
    config.default_service(web::to(refuse));
}

fn answers_to(method: Method) -> Rc<dyn Guard> {
    if method == Method::GET {
        Rc::new(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        Rc::new(guard::Method(method))
    }
}

fn allowed_methods(routes: &[Rc<Route>]) -> String {
    let mut methods: Vec<&str> = Vec::new();
    for route in routes {
        let method = &route.description.method;
        methods.push(method.as_str());
        if *method == Method::GET {
            methods.push("HEAD");
        }
    }
    methods.join(", ")
}
