//! The operations on products.

use actix_web::http::{Method, StatusCode};

use super::{
    operation::Operation,
    orders::TEXT_RULES,
    parts::{printable_text, query, text, whole_number},
    product_schemas::{Product, ProductChange, ProductList, ProductToList, ProductWithStock},
    requests::Nothing,
};
use crate::ProblemCode;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/api/v1/products", "listProduct", "List a product")
            .saying("It can be ordered as soon as ordering has heard of it, which takes moments.")
            .taking::<ProductToList>()
            .creating::<Product>("The product, listed.")
            .repeatable()
            .may_be(ProblemCode::MalformedIfMatch)
            .may_be(ProblemCode::Conflict)
            .refusing(409, &["sku_already_listed"])
            .refusing(422, &["invalid_sku"])
            .refusing(422, &TEXT_RULES),
        Operation::new(Method::GET, "/api/v1/products", "listProducts", "List products")
            .saying("Those that can be ordered, by name.")
            .asking(query(
                "q",
                "Only those whose names begin like this, in any case.",
                printable_text(),
            ))
            .asking(query(
                "limit",
                "How many at most.",
                whole_number(1, 100).default(Some(20.into())),
            ))
            .asking(query(
                "cursor",
                "`next_cursor` of the page before, with the same filters.",
                text(),
            ))
            .answering::<ProductList>(StatusCode::OK, "A page of products.")
            .with_headers(&["Link"]),
        Operation::new(
            Method::GET,
            "/api/v1/products/{product_id}",
            "getProduct",
            "A product",
        )
        .saying("Also one that is delisted. Its `ETag` covers how many can be had, too.")
        .answering::<ProductWithStock>(StatusCode::OK, "The product.")
        .versioned()
        .finding("product"),
        Operation::new(
            Method::PATCH,
            "/api/v1/products/{product_id}",
            "changeProduct",
            "Change a product's name or price",
        )
        .saying("What is absent stays as it is. Confirmed orders keep their names and prices; pending ones are asked again.")
        .taking::<ProductChange>()
        .answering::<Product>(StatusCode::OK, "The product, with what was changed.")
        .versioned()
        .finding("product")
        .refusing(409, &["product_delisted"])
        .refusing(422, &TEXT_RULES),
        Operation::new(
            Method::POST,
            "/api/v1/products/{product_id}/delist",
            "delistProduct",
            "Delist a product",
        )
        .saying("Delisting it again changes nothing.")
        .taking_perhaps::<Nothing>()
        .answering::<Product>(StatusCode::OK, "The product, delisted.")
        .versioned()
        .repeatable()
        .finding("product"),
    ]
}
