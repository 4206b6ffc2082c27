//! Mail about orders, as its recipients see it: sorted by order.

use std::collections::{BTreeMap, BTreeSet};

use mail_server::Received;

/// The mails that a server took, by order.
#[derive(Debug, Default)]
pub struct Mailbox {
    about: BTreeMap<String, Vec<OrderMail>>,
}

/// One mail, as often as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderMail {
    /// What it is about: `confirmed`, `shipped` or `cancelled`.
    pub step: String,
    /// Its `Message-ID`.
    pub id: String,
    /// Its recipient.
    pub recipient: String,
}

impl Mailbox {
    /// Sorts mails, oldest first.
    pub fn of(received: &[Received]) -> Self {
        let mut mailbox = Self::default();
        for mail in received {
            let subject = mail.message.header("Subject");
            let (reference, step) = subject
                .strip_prefix("Order ")
                .and_then(|rest| rest.split_once(' '))
                .unwrap_or_else(|| panic!("found {subject:?}, expected what happened to an order"));
            mailbox
                .about
                .entry(reference.to_owned())
                .or_default()
                .push(OrderMail {
                    step: step.to_owned(),
                    id: mail.message.id(),
                    recipient: mail.recipients.concat(),
                });
        }
        mailbox
    }

    /// The mails about the order with this reference, in the order in which they came.
    pub fn about(&self, reference: &str) -> &[OrderMail] {
        self.about.get(reference).map_or(&[], Vec::as_slice)
    }

    /// What they were about, in the order in which they came.
    pub fn steps(&self, reference: &str) -> Vec<&str> {
        self.about(reference)
            .iter()
            .map(|mail| mail.step.as_str())
            .collect()
    }

    /// The references of all orders that there is mail about.
    pub fn references(&self) -> BTreeSet<&str> {
        self.about.keys().map(String::as_str).collect()
    }

    /// All of them.
    pub fn mails(&self) -> impl Iterator<Item = &OrderMail> {
        self.about.values().flatten()
    }

    /// How many of them came before, as the same mail.
    pub fn repeated(&self) -> usize {
        let ids: BTreeSet<&str> = self.mails().map(|mail| mail.id.as_str()).collect();
        self.mails().count() - ids.len()
    }
}
