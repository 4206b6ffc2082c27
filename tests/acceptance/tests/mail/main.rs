//! Mail about orders: in files, as it is by default, and through a mail server that behaves as mail servers do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod files;
mod server;

use acceptance::{Asking, Login, TestApp};
use serde_json::json;

/// Gives a user another address.
async fn move_to(app: &TestApp, user: &Login, email: &str) {
    app.put("/users/me/email")
        .by(user)
        .json(&json!({"email": email}))
        .answer()
        .await
        .expecting(200);
}
