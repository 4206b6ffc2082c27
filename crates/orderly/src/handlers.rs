//! The contexts that react to events, over their stores.

use std::sync::Arc;

use inventory_app::Inventory;
use notifications::{Mailer, Notifications, Sender};
use operations::ConsumerDescription;
use ordering_app::Ordering;
use shared_kernel::IdGenerator;

use crate::{databases::Stores, settings::Settings, subscriptions::subscriptions, system::SystemIds};

/// Each of them handles the events that the table of subscriptions gives it.
pub(crate) struct Handlers {
    pub(crate) ordering: Arc<Ordering>,
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) notifications: Arc<Notifications>,
}

impl Handlers {
    /// The contexts over their stores, and over a mailer.
    pub(crate) fn new(
        stores: &Stores,
        mailer: Arc<dyn Mailer>,
        mail_from: Sender,
        ids: &Arc<dyn IdGenerator>,
    ) -> Self {
        let ids = || Arc::clone(ids);
        let mails = Arc::clone(&stores.notifications);
        Self {
            ordering: Arc::new(Ordering::new(Arc::clone(&stores.ordering), ids())),
            inventory: Arc::new(Inventory::new(Arc::clone(&stores.inventory), ids())),
            notifications: Arc::new(Notifications::new(mails, mailer, mail_from, ids())),
        }
    }

    /// The same with mail as it is set, and the machine's ids.
    pub(crate) fn of(settings: &Settings, stores: &Stores) -> Self {
        let mail_from = &settings.mail_from;
        let mailer = settings.mail_target().mailer(mail_from);
        Self::new(stores, mailer, mail_from.clone(), &(Arc::new(SystemIds) as _))
    }

    /// Who takes which events.
    pub(crate) fn described(&self) -> Vec<ConsumerDescription> {
        subscriptions(self)
            .iter()
            .map(ConsumerDescription::from)
            .collect()
    }
}
