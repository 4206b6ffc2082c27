//! Registers the route table with actix-web.
//!
//! Paths in the table answer other methods with 405 and `Allow`; other paths are answered with 404.

use std::{collections::BTreeMap, rc::Rc};

use actix_web::{
    HttpRequest,
    guard::{self, Guard},
    http::Method,
    web::{self, Payload, ServiceConfig},
};

use crate::{Serving, WebState, edge, endpoint::Endpoint, routes};

/// Registers the routes that are served, and the answers to everything else.
pub fn configure(state: WebState, serving: Serving) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |config| {
        let endpoints = routes::table().into_iter().flat_map(|group| group.endpoints);
        let served = endpoints.filter(|endpoint| serving.includes(&endpoint.route));
        register(config, served.collect(), state);
    }
}

pub(crate) fn register(config: &mut ServiceConfig, table: Vec<Endpoint>, state: WebState) {
    let state = Rc::new(state);
    let mut by_path: BTreeMap<&'static str, Vec<Rc<Endpoint>>> = BTreeMap::new();
    for endpoint in table {
        let path = endpoint.route.path;
        by_path.entry(path).or_default().push(Rc::new(endpoint));
    }
    for (path, endpoints) in by_path {
        let allowed = allowed_methods(&endpoints);
        let mut resource = web::resource(path);
        for endpoint in endpoints {
            let state = Rc::clone(&state);
            let method = answers_to(endpoint.route.method.clone());
            let answer = move |http: HttpRequest, payload: Payload| {
                edge::answer(Rc::clone(&endpoint), Rc::clone(&state), http, payload)
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

fn allowed_methods(endpoints: &[Rc<Endpoint>]) -> String {
    let mut methods: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        let method = &endpoint.route.method;
        methods.push(method.as_str());
        if *method == Method::GET {
            methods.push("HEAD");
        }
    }
    methods.join(", ")
}
