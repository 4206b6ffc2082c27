//! The contract: every route as OpenAPI 3.1, for `/openapi.json`, for the page at `/docs`, and for `docs/openapi.json`.
//!
//! Routes and policies come out of the route table, codes with their statuses out of [`crate::ProblemCode`]; what a
//! route takes and answers stands in this folder. Tests hold it against the table, against answers, and against
//! the list of business rules; schemathesis holds it against the running server.
//!
//! Deliberately not here: anything that a request to another route passes through.

mod accounts;
mod ops;
mod orders;
mod products;
mod service;
mod stock;
mod story_answers;

mod operation;
mod parts;
mod rendering;

mod answers;
mod ops_answers;
mod problems;
mod product_schemas;
mod requests;
mod stock_answers;
mod values;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::OnceLock};

use utoipa::{
    OpenApi as _,
    openapi::{
        Components, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Paths, RefOr,
        Response, Schema, Type,
        schema::AdditionalProperties,
        security::{Flow, HttpAuthScheme, HttpBuilder, OAuth2, Password, Scopes, SecurityScheme},
        tag::TagBuilder,
    },
};

use self::operation::Operation;
use crate::{
    answer::{Answer, Handled},
    problem::Problem,
    request::Request,
    routes,
};

const DESCRIPTION: &str = "\
Orders from being placed to being delivered. Log in with the button **Authorize**, after making an account with \
`POST /api/v1/users`.

Errors are RFC 9457 problem details; decide by `code`, and expect further fields with the facts. Money is an object \
with its amount as a text. Fields and parameters that are not named here are refused, except at the token \
endpoints, as RFC 6749 demands.

Beyond what stands at each operation: `route_not_found` (404) at a path that is not here, and `method_not_allowed` \
(405, with `Allow`) for a method that a path does not have. `HEAD` is answered wherever `GET` is.";

/// GET /openapi.json
pub(crate) async fn contract(_: Request) -> Handled {
    static TEXT: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let text = TEXT.get_or_init(|| serde_json::to_vec(&document()).ok());
    let text = text.as_deref();
    let text = text.ok_or_else(|| Problem::internal_error("the contract has no JSON form"))?;
    Ok(Answer::content("application/json", text))
}

/// The contract, as a person may read it: JSON with line breaks.
///
/// # Errors
/// None that can be expected: everything in it has a JSON form.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    document().to_pretty_json().map(|text| text + "\n")
}

/// What each group of operations is about, and the operations.
fn groups() -> Vec<(&'static str, &'static str, Vec<Operation>)> {
    vec![
        (
            "accounts",
            "Users, their sessions and tokens.",
            accounts::operations(),
        ),
        (
            "products",
            "What can be ordered, and at which list price.",
            products::operations(),
        ),
        ("orders", "Orders and who places them.", orders::operations()),
        (
            "stock",
            "What there is of each product, every change of it, and what is held for orders.",
            stock::operations(),
        ),
        (
            "operations",
            "What is behind or was given up, and what to do about it.",
            ops::operations(),
        ),
        ("service", "The service itself.", service::operations()),
    ]
}

fn document() -> OpenApi {
    let table: Vec<_> = routes().into_iter().filter(|route| !route.is_page()).collect();
    let mut paths = Paths::new();
    let mut responses = BTreeMap::new();
    let mut tags = Vec::new();
    for (tag, about, operations) in groups() {
        tags.push(TagBuilder::new().name(tag).description(Some(about)).build());
        for operation in operations {
            let route = table.iter().find(|route| operation.is_of(route));
            let method = rendering::method(&operation.method);
            // One without a route fails a test, like a route without one.
            if let (Some(route), Some(method)) = (route, method) {
                let rendered = rendering::rendered(operation, route, tag, &mut responses);
                paths.add_path_operation(route.path, vec![method], rendered);
            }
        }
    }
    let license = LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build();
    let info = InfoBuilder::new()
        .title("Orderly")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .tags(Some(tags))
        .components(Some(components(responses)))
        .build()
}

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    requests::Registration,
    requests::EmailChange,
    requests::PasswordChange,
    requests::RoleChange,
    product_schemas::ProductToList,
    product_schemas::ProductChange,
    requests::OrderToPlace,
    requests::LineToOrder,
    requests::MoneyGiven,
    requests::QuantityChange,
    requests::Confirmation,
    requests::AddressGiven,
    requests::Cancellation,
    requests::TierChange,
    requests::ShipmentGiven,
    requests::Reason,
    requests::ReasonPerhaps,
    requests::Nothing,
    stock_answers::Adjustment,
    stock_answers::Count,
)))]
struct JsonRequests;

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    requests::TokenRequest,
    requests::PasswordGrant,
    requests::RefreshTokenGrant,
    requests::Revocation,
    answers::User,
    answers::UserList,
    answers::Session,
    answers::SessionList,
    answers::Tokens,
    product_schemas::Product,
    product_schemas::ProductWithStock,
    product_schemas::ProductList,
    answers::Order,
    answers::OrderList,
    answers::Customer,
    stock_answers::StockItem,
    stock_answers::StockItemList,
    stock_answers::LedgerEntryList,
    stock_answers::AdjustmentMade,
    stock_answers::ReservationList,
    ops_answers::ContextStatusList,
    ops_answers::DeadLetterList,
    ops_answers::HeldDelivery,
    ops_answers::OperatorActionList,
    ops_answers::Acted,
    story_answers::Timeline,
    story_answers::Examined,
    answers::Liveness,
    answers::Readiness,
    answers::Contract,
    problems::Problem,
    problems::TokenProblem,
)))]
struct FormsAndAnswers;

fn components(responses: BTreeMap<String, Response>) -> Components {
    let mut components = FormsAndAnswers::openapi().components.unwrap_or_default();
    let mut requests = JsonRequests::openapi().components.unwrap_or_default();
    for schema in requests.schemas.values_mut() {
        if let RefOr::T(Schema::Object(object)) = schema
            && object.schema_type == Type::Object.into()
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
    components.schemas.extend(requests.schemas);
    let responses = responses
        .into_iter()
        .map(|(name, response)| (name, response.into()));
    components.responses.extend(responses);
    let page = ObjectBuilder::new().schema_type(Type::String).build();
    components.schemas.insert("Page".to_owned(), page.into());
    for (name, parameter) in parts::request_headers() {
        components.parameters.insert(name.to_owned(), parameter.into());
    }
    for (name, header) in parts::answer_headers() {
        components.headers.insert(name.to_owned(), header.into());
    }
    let flow = Flow::Password(Password::with_refresh_url(
        "/api/v1/auth/token",
        Scopes::new(),
        "/api/v1/auth/token",
    ));
    let login = OAuth2::with_description(
        [flow],
        "The e-mail address is the user name. No client is needed.",
    );
    components.add_security_scheme(rendering::LOGIN, SecurityScheme::OAuth2(login));
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token that was got before."))
        .build();
    components.add_security_scheme(rendering::TOKEN, SecurityScheme::Http(token));
    components
}
