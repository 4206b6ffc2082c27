//! Every subscription there is: which event goes to which consumer. Readers look here first.

use std::sync::Arc;

use message_bus::{Beginning, Consumer};
use ordering_app::Ordering;
use shared_kernel::events::{UserAccountCreated, UserDeactivated, UserEmailChanged, UserReactivated};

/// The consumers, each with the events that it takes.
pub(crate) fn subscriptions(ordering: &Arc<Ordering>) -> Vec<Consumer> {
    vec![
        Consumer::new("ordering.users", "ordering", "accounts", Beginning::StartOfTheLog)
            .on::<UserAccountCreated, _>(ordering)
            .on::<UserEmailChanged, _>(ordering)
            .on::<UserDeactivated, _>(ordering)
            .on::<UserReactivated, _>(ordering),
    ]
}
