//! Products: what can be bought, for anybody to see; listing, changing and delisting them, for staff.

use catalog::{ChangeProduct, DelistProduct, ListProduct, Product, ProductPosition, ProductsWanted};
use message_bus::{Handles, UseCaseError};
use serde::Serialize;
use shared_kernel::ProductId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body,
    cursors::Place,
    idempotency::carry_out,
    paging, parameters,
    preconditions::EntityTag,
    problem::Problem,
    request::Request,
};

/// POST /products
pub(crate) async fn list_one(mut request: Request, caller: Caller) -> Handled {
    let command = request
        .json(|fields| {
            let sku = fields.required("sku", body::text);
            let name = fields.required("name", body::text);
            let unit_price = fields.object("unit_price", body::money);
            Some(ListProduct {
                sku: sku?,
                name: name?,
                unit_price: unit_price?,
            })
        })
        .await?;
    let listed = carry_out(&request, request.catalog(), command, caller.actor()).await?;
    listed.answer(|product| {
        let location = format!("/api/v1/products/{}", product.id);
        Answer::created(product, product.version, location)
    })
}

/// PATCH /products/{product_id}
pub(crate) async fn change(mut request: Request, caller: Caller) -> Handled {
    let product_id = product_id(&request)?;
    let command = request
        .json(|fields| {
            let name = fields.optional("name", body::text);
            let unit_price = fields.optional_object("unit_price", body::money);
            Some(ChangeProduct {
                product_id,
                name: name?,
                unit_price: unit_price?,
            })
        })
        .await?;
    let meta = request.meta(caller.actor())?;
    answer(&request.catalog().send(command, meta).await?)
}

/// POST /products/{product_id}/delist
pub(crate) async fn delist(mut request: Request, caller: Caller) -> Handled {
    let product_id = product_id(&request)?;
    request.no_fields().await?;
    let command = DelistProduct { product_id };
    carry_out(&request, request.catalog(), command, caller.actor())
        .await?
        .answer(answer)
}

/// GET /products
pub(crate) async fn list(request: Request) -> Handled {
    let (name_prefix, page) = request.query(|parameters| {
        let name_prefix = parameters.optional("q", parameters::text);
        let page = paging::page_request(parameters, &request);
        Some((name_prefix?.unwrap_or_default(), page?))
    })?;
    let (limit, after) = page;
    let wanted = ProductsWanted {
        name_prefix,
        limit,
        after: after.map(|place| ProductPosition {
            name: place.name,
            id: ProductId::new(place.id),
        }),
    };
    let page = request.catalog().products(wanted).await?;
    let next = page.next.map(|next| Place {
        name: next.name,
        ..Place::by_id(next.id.uuid())
    });
    paging::answer(&request, &paging::page(&request, page.data, next))
}

/// GET /products/{product_id}
pub(crate) async fn one(request: Request) -> Handled {
    let product_id = product_id(&request)?;
    let product = request.catalog().product(product_id).await?;
    let stock = match request.inventory().stock_item(product_id).await {
        Ok(item) => Some(item),
        // Inventory has not heard of it yet.
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
#[derive(Serialize)]
struct WithStock {
    #[serde(flatten)]
    product: Product,
    available: Option<u32>,
}

fn product_id(request: &Request) -> Result<ProductId, Problem> {
    request.path_id("product_id", "product")
}

/// 200 with a product.
fn answer(product: &Product) -> Handled {
    Answer::one(product, product.version)
}
