//! `orderly openapi`: the contract of the HTTP API. Needs no database.

use std::io::{self, Write};

use web::OpenApiVersion;

use crate::failure::Failure;

/// Prints the OpenAPI document.
pub(crate) fn openapi(format: OpenApiVersion) -> Result<(), Failure> {
    let contract = web::openapi_json(format).map_err(Failure::unavailable)?;
    io::stdout()
        .write_all(contract.as_bytes())
        .map_err(Failure::unavailable)
}
