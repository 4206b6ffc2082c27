//! Accounts over in-memory implementations, with helpers for what many tests do.

use std::{net::IpAddr, sync::Arc};

use message_bus::{Actor, CommandMeta, Handles, Replay, UseCaseError};
use shared_kernel::{
    IdGenerator, Role, SessionId, UserId,
    in_memory::{CountingIds, ManualClock},
};

use crate::{
    Accounts, AccountsPorts, Authentication, CreateUser, LogIn, RefreshSession, Secret, TokenGrant, Tokens,
    UserView,
    in_memory::{InMemoryAccounts, TransparentAccessTokens, TransparentPasswords, TransparentRefreshTokens},
};

/// Every test user's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct AccountsUnderTest {
    pub(crate) accounts: Accounts,
    pub(crate) store: Arc<InMemoryAccounts>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) passwords: Arc<TransparentPasswords>,
    ids: Arc<dyn IdGenerator>,
}

impl AccountsUnderTest {
    pub(crate) fn new() -> Self {
        let ids: Arc<dyn IdGenerator> = Arc::new(CountingIds::default());
        let clock = Arc::new(ManualClock::default());
        let passwords = Arc::new(TransparentPasswords::default());
        let store = Arc::<InMemoryAccounts>::default();
        let accounts = Accounts::new(AccountsPorts {
            store: store.clone(),
            passwords: passwords.clone(),
            access_tokens: Arc::new(TransparentAccessTokens),
            refresh_tokens: Arc::new(TransparentRefreshTokens::new(Arc::clone(&ids))),
            clock: clock.clone(),
            ids: Arc::clone(&ids),
        });
        Self {
            accounts,
            store,
            clock,
            passwords,
            ids,
        }
    }

    pub(crate) fn meta(&self, actor: Actor) -> CommandMeta {
        use shared_kernel::Clock;
        CommandMeta::new(actor, self.clock.now(), self.ids.as_ref())
    }

    pub(crate) fn by(&self, id: UserId) -> CommandMeta {
        self.meta(Actor::User {
            id,
            role: Role::Customer,
        })
    }

    pub(crate) fn by_the_operator(&self) -> CommandMeta {
        self.meta(Actor::Operator)
    }

    pub(crate) fn by_the_operator_with_key(&self, key: &str) -> CommandMeta {
        let replay = Replay {
            key: key.to_owned(),
            fingerprint: [1; 32],
        };
        CommandMeta {
            replay: Some(replay),
            ..self.by_the_operator()
        }
    }

    pub(crate) async fn create(&self, email: &str) -> Result<UserView, UseCaseError> {
        let command = CreateUser {
            email: email.parse().unwrap(),
            password: Secret::new(PASSWORD.to_owned()),
            role: Role::Customer,
        };
        self.accounts.send(command, self.by_the_operator()).await
    }

    /// A user with the address ada@example.com.
    pub(crate) async fn ada(&self) -> UserView {
        self.create("ada@example.com").await.unwrap()
    }

    pub(crate) async fn try_log_in(&self, username: &str, password: &str) -> TokenGrant {
        self.log_in_from(None, username, password).await.unwrap()
    }

    pub(crate) async fn log_in_from(
        &self,
        caller_address: Option<IpAddr>,
        username: &str,
        password: &str,
    ) -> Result<TokenGrant, UseCaseError> {
        let command = LogIn {
            username: username.to_owned(),
            password: Secret::new(password.to_owned()),
            caller_address,
        };
        self.accounts.send(command, self.meta(Actor::Anonymous)).await
    }

    pub(crate) async fn log_in(&self, username: &str) -> Tokens {
        granted(self.try_log_in(username, PASSWORD).await)
    }

    pub(crate) async fn refresh(&self, token: &str) -> TokenGrant {
        let command = RefreshSession {
            refresh_token: Secret::new(token.to_owned()),
        };
        self.accounts
            .send(command, self.meta(Actor::Anonymous))
            .await
            .unwrap()
    }

    pub(crate) async fn authenticate(&self, tokens: &Tokens) -> Authentication {
        self.accounts.authenticate(&tokens.access_token).await.unwrap()
    }

    pub(crate) async fn session_of(&self, tokens: &Tokens) -> SessionId {
        match self.authenticate(tokens).await {
            Authentication::Authenticated { session_id, .. } => session_id,
            Authentication::Rejected(reason) => panic!("{reason}"),
        }
    }

    /// The types of all events logged so far.
    pub(crate) fn event_types(&self) -> Vec<String> {
        self.store
            .events()
            .into_iter()
            .map(|event| event.event_type)
            .collect()
    }
}

pub(crate) fn granted(grant: TokenGrant) -> Tokens {
    match grant {
        TokenGrant::Granted(tokens) => tokens,
        TokenGrant::InvalidGrant => panic!("expected tokens"),
    }
}

/// The code of the rule that refused.
pub(crate) fn refused_by<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, found {other:?}"),
    }
}
