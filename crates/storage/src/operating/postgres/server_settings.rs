//! The server's settings while it is used: they can be changed meanwhile, for all or for new connections only.

use async_trait::async_trait;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use message_bus::Unavailable;
use operations::{
    InvariantCheck,
    invariants::{Finding, doctor::Invariant},
};

use crate::postgres::PostgresServer;

/// A setting as a new connection finds it, before it sets anything itself.
#[derive(Debug, diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    value: String,
}

impl Setting {
    /// What is wrong with it, and its effect.
    fn finding(self) -> Option<Finding> {
        let Self { name, value } = self;
        let (expected, why) = match (name.as_str(), value.as_str()) {
            ("fsync" | "full_page_writes", "off") => ("on", "nothing is committed until it is on again"),
            ("synchronous_commit", "off") => (
                "anything else",
                "connections of orderly set it for themselves, those of others can lose what they commit",
            ),
            ("default_transaction_isolation", isolation) if isolation != "read committed" => {
                ("read committed", "connections of orderly set it for themselves")
            }
            _ => return None,
        };
        Some(Finding {
            detail: format!("found {value}, expected {expected}: {why}"),
            subject: format!("the setting {name}"),
        })
    }
}

#[async_trait]
impl InvariantCheck for PostgresServer {
    fn invariant(&self) -> Invariant {
        Invariant::SafeSettings
    }

    fn at(&self) -> &'static str {
        "the server"
    }

    async fn findings(&self) -> Result<Vec<Finding>, Unavailable> {
        // A new connection, since a change for the database or the role shows on no other.
        let link = self.connect("public").await.map_err(Unavailable::dependency)?;
        let settings: Vec<Setting> = diesel::sql_query(
            "SELECT name, reset_val AS value FROM pg_settings
             WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'default_transaction_isolation') ORDER BY name",
        )
        .load(&mut &link.connection)
        .await
        .map_err(Unavailable::dependency)?;
        Ok(settings.into_iter().filter_map(Setting::finding).collect())
    }
}
