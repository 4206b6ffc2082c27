//! What a command prints on standard output.

use std::io::{self, Write};

use serde_json::Value;

use crate::failure::Failure;

/// Text, as it is.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::unavailable)
}

/// JSON, for another program.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}
