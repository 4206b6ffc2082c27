//! Accounts' use cases on a real file, with real tokens. Passwords are see-through, so that this takes no time.

mod sessions;
mod users;

use std::sync::Arc;

use accounts_app::{
    Accounts, AccountsPorts, Authentication, CONTEXT, ChangeEmail, ChangePassword, ChangeRole, CreateUser,
    DeactivateUser, LogIn, RefreshSession, RejectedToken, RevokeToken, Secret, TokenGrant, Tokens,
    UnitOfWork, UserView, in_memory::TransparentPasswords,
};
use accounts_domain::{Session, TokenHash};
use diesel::{Connection, SqliteConnection};
use diesel_migrations::MigrationHarness;
use event_delivery::EventLog;
use message_bus::{Actor, CommandMeta, CommitError, Handles, Replay, UseCaseError};
use shared_kernel::{
    Clock, IdGenerator, Role, SessionId, UserId, Version,
    in_memory::{CountingIds, ManualClock},
};
use storage::{ContextDatabase, DataFolder};
use tempfile::TempDir;

use super::*;
use crate::{HmacRefreshTokens, JwtAccessTokens, SigningSecret};

const PASSWORD: &str = "correct horse battery";

struct OnAFile {
    accounts: Accounts,
    store: Arc<SqliteAccounts>,
    context: SqliteContext<AccountsRows>,
    clock: Arc<ManualClock>,
    ids: Arc<dyn IdGenerator>,
    folder: TempDir,
}

impl OnAFile {
    fn new() -> Self {
        Self::in_folder(TempDir::new().unwrap(), Arc::new(CountingIds::default()))
    }

    fn in_folder(folder: TempDir, ids: Arc<dyn IdGenerator>) -> Self {
        let clock = Arc::new(ManualClock::default());
        let data = DataFolder::open(folder.path()).unwrap();
        let context = SqliteContext::open(&data, CONTEXT, MIGRATIONS, clock.clone()).unwrap();
        let store = Arc::new(SqliteAccounts::new(context.clone()));
        let secret = SigningSecret::new(&[7; 32]).unwrap();
        let accounts = Accounts::new(AccountsPorts {
            store: store.clone(),
            passwords: Arc::new(TransparentPasswords::default()),
            access_tokens: Arc::new(JwtAccessTokens::new(&secret, Arc::clone(&ids))),
            refresh_tokens: Arc::new(HmacRefreshTokens::new(&secret, Arc::clone(&ids))),
            clock: clock.clone(),
            ids: Arc::clone(&ids),
            shop_name: "Orderly".to_owned(),
        });
        Self {
            accounts,
            store,
            context,
            clock,
            ids,
            folder,
        }
    }

    async fn opened_again(self) -> Self {
        self.context.close().await;
        Self::in_folder(self.folder, self.ids)
    }

    fn begin(&self, actor: Actor) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.store.as_ref(), self.ids.as_ref(), self.meta(actor))
    }

    fn meta(&self, actor: Actor) -> CommandMeta {
        CommandMeta::new(actor, self.clock.now(), self.ids.as_ref())
    }

    fn by(&self, id: UserId) -> CommandMeta {
        self.meta(Actor::User {
            id,
            role: Role::Customer,
        })
    }

    async fn create(&self, email: &str) -> Result<UserView, UseCaseError> {
        let command = CreateUser {
            email: email.parse().unwrap(),
            password: Secret::new(PASSWORD.to_owned()),
            role: Role::Customer,
        };
        self.accounts.send(command, self.meta(Actor::Operator)).await
    }

    async fn log_in(&self) -> Tokens {
        let command = LogIn {
            username: "ADA@example.com".to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
            caller_address: None,
            device: None,
        };
        granted(
            self.accounts
                .send(command, self.meta(Actor::Anonymous))
                .await
                .unwrap(),
        )
    }

    async fn refresh(&self, token: &str) -> TokenGrant {
        let command = RefreshSession {
            refresh_token: Secret::new(token.to_owned()),
        };
        self.accounts
            .send(command, self.meta(Actor::Anonymous))
            .await
            .unwrap()
    }

    async fn authenticate(&self, tokens: &Tokens) -> Authentication {
        self.accounts.authenticate(&tokens.access_token).await.unwrap()
    }

    async fn unpublished(&self) -> Vec<String> {
        let logged = self.context.unpublished(100).await.unwrap();
        logged
            .into_iter()
            .map(|event| event.envelope.event_type)
            .collect()
    }
}

fn granted(grant: TokenGrant) -> Tokens {
    match grant {
        TokenGrant::Granted(tokens) => tokens,
        TokenGrant::InvalidGrant => panic!("expected tokens"),
    }
}

fn refused_by<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[test]
fn the_migration_can_be_undone_and_done_again() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    connection.revert_all_migrations(MIGRATIONS).unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
}
