//! Requests as short chains: `app.get("/orders").by(&ada).answer().await`.

use reqwest::RequestBuilder;

use crate::Answer;

/// A logged-in user.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user's id, and so the customer's.
    pub user_id: String,
    /// Their password.
    pub email: String,
    /// The access token, valid for a quarter of an hour.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

/// Methods that reqwest's builder does not have.
pub trait Asking: Sized {
    /// As this user.
    #[must_use]
    fn by(self, login: &Login) -> Self;

    /// With this text as a JSON body, whatever it is.
    #[must_use]
    fn json_text(self, text: impl Into<String>) -> Self;

    /// Sends it and reads the answer to its end, which has to come.
    fn answer(self) -> impl Future<Output = Answer> + Send;
}

impl Asking for RequestBuilder {
    fn by(self, login: &Login) -> Self {
        self.bearer_auth(&login.access_token)
    }

    fn json_text(self, text: impl Into<String>) -> Self {
        self.header("Content-Type", "application/json").body(text.into())
    }

    async fn answer(self) -> Answer {
        let response = self.send().await.expect("the server answers");
        Answer::read(response).await.expect("the answer is whole")
    }
}
