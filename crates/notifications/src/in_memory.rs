//! The context in memory: a store, and a mailer that keeps what it is given.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use message_bus::{CommitError, InMemoryLog, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, EventId, UserId};
use storage::columns::RowId;

use crate::{
    Mail, MailError, Mailer, NotificationsRows, NotificationsStore, SentMail,
    rows::{MailRow, address_of},
};

/// The address book, the list of mails and the consumers' positions, in memory.
#[derive(Debug, Default)]
pub struct InMemoryNotifications {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    addresses: BTreeMap<RowId, String>,
    mails: BTreeMap<RowId, MailRow>,
    log: InMemoryLog,
}

#[async_trait]
impl NotificationsStore for InMemoryNotifications {
    async fn address(&self, user_id: UserId) -> Result<Option<EmailAddress>, Unavailable> {
        let state = locked(&self.state);
        let email = state.addresses.get(&RowId(user_id.uuid()));
        Ok(email.map(|email| address_of(email)).transpose()?)
    }

    async fn sent(&self, event_id: EventId) -> Result<Option<SentMail>, Unavailable> {
        let row = locked(&self.state).mails.get(&RowId(event_id.uuid())).cloned();
        Ok(row.map(SentMail::try_from).transpose()?)
    }

    async fn commit(&self, write_set: WriteSet<NotificationsRows>) -> Result<(), CommitError> {
        let mut state = locked(&self.state);
        let mut log = state.log.clone();
        let rows = log.commit(write_set)?;
        state.log = log;
        if let Some(address) = rows.address {
            state.addresses.insert(address.user_id, address.email);
        }
        if let Some(mail) = rows.mail {
            state.mails.entry(mail.event_id).or_insert(mail);
        }
        Ok(())
    }
}

/// Stores the mails that it is given.
#[derive(Debug, Default)]
pub struct InMemoryMailer {
    sent: Mutex<Vec<Mail>>,
    answers: Mutex<Vec<(MailError, Taken)>>,
}

/// Whether a mail whose sending returned an error was sent all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was: only the answer was lost.
    Yes,
    /// It was not.
    No,
}

impl InMemoryMailer {
    /// The mails so far, oldest first.
    pub fn sent(&self) -> Vec<Mail> {
        locked(&self.sent).clone()
    }

    /// Sending the next mail returns this error, after the errors that were set before.
    pub fn fail_next(&self, error: MailError, taken: Taken) {
        locked(&self.answers).insert(0, (error, taken));
    }
}

#[async_trait]
impl Mailer for InMemoryMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let answer = locked(&self.answers).pop();
        if !matches!(answer, Some((_, Taken::No))) {
            locked(&self.sent).push(mail.clone());
        }
        answer.map_or(Ok(()), |(error, _)| Err(error))
    }
}

/// Nothing panics while a lock is held, so a poisoned one is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
