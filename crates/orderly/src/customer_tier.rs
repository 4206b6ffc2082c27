//! `orderly customers tier`: changes a customer's tier without the API.

use message_bus::{Actor, CommandMeta, Handles};
use ordering_app::ChangeCustomerTier;
use serde_json::json;

use crate::{
    command_line::CustomerTierArguments,
    database_location::DatabaseLocation,
    failure::Failure,
    installation::Installation,
    output::{print, print_json},
    settings::Settings,
};

/// Changes the customer's tier, beside a running server or without one.
pub(crate) async fn change(settings: &Settings, arguments: CustomerTierArguments) -> Result<(), Failure> {
    let location = DatabaseLocation::of_an_installation(&settings.database_url).await?;
    let installation = Installation::open(settings, &location).await?;
    let meta = CommandMeta::new(
        Actor::Operator,
        installation.clock.now(),
        installation.ids.as_ref(),
    );
    let command = ChangeCustomerTier {
        customer_id: arguments.customer_id,
        tier: arguments.tier,
    };
    let changed = installation.handlers.ordering.send(command, meta).await;
    installation.close().await;
    let customer = changed?;
    if arguments.json {
        print_json(&json!(customer))
    } else {
        print(&format!("{} is at the {} tier\n", customer.email, customer.tier))
    }
}
