//! Products: what can be bought, for every caller; listing, changing and delisting them, for staff.

use catalog::{ChangeProduct, DelistProduct, ListProduct, Product, ProductPosition, ProductsWanted, limits};
use message_bus::{Handles, UseCaseError};
use schema::{Body, HasSchema, json};
use serde::Serialize;
use shared_kernel::ProductId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body::{MoneyGiven, NOT_BLANK, Nothing, PRINTABLE},
    codes,
    cursors::CursorPosition,
    endpoint::{Endpoint, GET, PATCH, POST, public, staff},
    idempotency::carry_out,
    orders::TEXT_RULES,
    paging::{self, List},
    parameters,
    preconditions::EntityTag,
    problem::Problem,
    request::Request,
};

pub(crate) fn create_product() -> Endpoint {
    staff(POST, "/api/v1/products", create)
        .named("createProduct", "List a product")
        .saying("It can be ordered as soon as ordering has heard of it, which takes moments.")
        .taking::<ProductToList>()
        .creating("The product, listed.")
        .repeatable()
        .refusing(&[codes::MALFORMED_IF_MATCH, codes::CONFLICT])
        .refusing(&[codes::SKU_ALREADY_LISTED, codes::INVALID_SKU])
        .refusing(TEXT_RULES)
}

/// A product to list.
#[derive(Body)]
#[schema(example({
    "sku": "TEA-250", "name": "Assam tea, 250 g", "unit_price": {"amount": "11.90", "currency": "GBP"},
}))]
struct ProductToList {
    /// By what the shop knows it; no other product's, however it is cased.
    #[schema(pattern = format!("^[A-Za-z0-9._-]{{1,{}}}$", limits::SKU))]
    sku: String,
    /// Printable, and not blank.
    #[schema(max_length = limits::NAME, pattern = NOT_BLANK)]
    name: String,
    /// The list price of one unit.
    unit_price: MoneyGiven,
}

async fn create(mut request: Request, caller: Caller) -> Handled<Product> {
    let product: ProductToList = request.json().await?;
    let command = ListProduct {
        sku: product.sku,
        name: product.name,
        unit_price: product.unit_price.0,
    };
    let listed = carry_out(&request, request.catalog(), command, caller.actor()).await?;
    listed.answer(|product| {
        let location = format!("/api/v1/products/{}", product.id);
        Answer::created(product, product.version, &location)
    })
}

pub(crate) fn change_product() -> Endpoint {
    staff(PATCH, "/api/v1/products/{product_id}", change)
        .named("changeProduct", "Change a product's name or price")
        .saying(
            "What is absent stays as it is. Confirmed orders keep their names and prices; pending ones are asked again.",
        )
        .taking::<ProductChange>()
        .answering("The product, with what was changed.")
        .versioned()
        .refusing(&[codes::PRODUCT_NOT_FOUND, codes::PRODUCT_DELISTED])
        .refusing(TEXT_RULES)
}

/// What is to be changed of a product.
#[derive(Body)]
#[schema(example({"unit_price": {"amount": "12.40", "currency": "GBP"}}))]
struct ProductChange {
    /// Printable, and not blank.
    #[schema(max_length = limits::NAME, pattern = NOT_BLANK)]
    name: Option<String>,
    /// The list price of one unit from now on.
    unit_price: Option<MoneyGiven>,
}

async fn change(mut request: Request, caller: Caller) -> Handled<Product> {
    let product_id = product_id(&request)?;
    let change: ProductChange = request.json().await?;
    let command = ChangeProduct {
        product_id,
        name: change.name,
        unit_price: change.unit_price.map(|MoneyGiven(price)| price),
    };
    let meta = request.meta(caller.actor())?;
    answer(&request.catalog().send(command, meta).await?)
}

pub(crate) fn delist_product() -> Endpoint {
    staff(POST, "/api/v1/products/{product_id}/delist", delist)
        .named("delistProduct", "Delist a product")
        .saying("Delisting it again changes nothing.")
        .taking_perhaps::<Nothing>()
        .answering("The product, delisted.")
        .versioned()
        .repeatable()
        .refusing(&[codes::PRODUCT_NOT_FOUND])
}

async fn delist(mut request: Request, caller: Caller) -> Handled<Product> {
    let product_id = product_id(&request)?;
    let Nothing {} = request.json_or_nothing().await?;
    let command = DelistProduct { product_id };
    carry_out(&request, request.catalog(), command, caller.actor())
        .await?
        .answer(answer)
}

pub(crate) fn list_products() -> Endpoint {
    public(GET, "/api/v1/products", list)
        .named("listProducts", "List products")
        .saying("Those that can be ordered, by name.")
        .asking(
            "q",
            "Only those whose names begin like this, in any case.",
            |_| json!({"type": "string", "pattern": PRINTABLE}),
        )
        .paged("ProductList", "Part of the list of products, by name.")
        .answering("A page of products.")
}

async fn list(request: Request) -> Handled<List<Product>> {
    let (name_prefix, page) = request.query(|parameters| {
        let name_prefix = parameters.optional("q", parameters::text);
        let page = paging::page_request(parameters, &request);
        Some((name_prefix?.unwrap_or_default(), page?))
    })?;
    let (limit, after) = page;
    let wanted = ProductsWanted {
        name_prefix,
        limit,
        after: after.map(|position| ProductPosition {
            name: position.name,
            id: ProductId::new(position.id),
        }),
    };
    let page = request.catalog().products(wanted).await?;
    let next = page.next.map(|next| CursorPosition {
        name: next.name,
        ..CursorPosition::by_id(next.id.uuid())
    });
    paging::answer(&request, &paging::page(&request, page.data, next))
}

pub(crate) fn get_product() -> Endpoint {
    public(GET, "/api/v1/products/{product_id}", one)
        .named("getProduct", "A product")
        .saying("Also one that is delisted. Its `ETag` covers how many can be had, too.")
        .answering("The product.")
        .versioned()
        .refusing(&[codes::PRODUCT_NOT_FOUND])
}

async fn one(request: Request) -> Handled<WithStock> {
    let product_id = product_id(&request)?;
    let product = request.catalog().product(product_id).await?;
    let stock = match request.inventory().stock_item(product_id).await {
        Ok(item) => Some(item),
        // Inventory has not applied the product's event yet.
        Err(UseCaseError::NotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let tag = EntityTag::from(product.version).beside(stock.as_ref().map(|item| item.version));
    let shown = WithStock {
        product,
        available: stock.map(|item| item.available),
    };
    Answer::one(&shown, tag)
}

/// A product, and how many of it can be had.
#[derive(Serialize, HasSchema)]
#[schema(name = "ProductWithStock", example({
    "id": "0197b2c4-0000-7000-8000-00000000beef", "sku": "TEA-250", "name": "Assam tea, 250 g",
    "unit_price": {"amount": "11.90", "currency": "GBP"}, "status": "listed",
    "created_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
    "available": 98,
}))]
struct WithStock {
    #[serde(flatten)]
    product: Product,
    /// Units that are not reserved; null as long as its stock is not known.
    #[schema(maximum = inventory_app::limits::ON_HAND)]
    available: Option<u32>,
}

fn product_id(request: &Request) -> Result<ProductId, Problem> {
    request.path_id("product_id", "product")
}

/// 200 with a product.
fn answer(product: &Product) -> Handled<Product> {
    Answer::one(product, product.version)
}
