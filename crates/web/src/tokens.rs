//! The token endpoints: RFC 6749's password and refresh_token grants, and RFC 7009's revocation.
//!
//! Their errors have those documents' own shape. The password grant is for Orderly's own clients only.

use accounts_app::{LogIn, RefreshSession, RevokeToken, Secret, TokenGrant, Tokens};
use actix_web::http::StatusCode;
use message_bus::{Actor, Handles};
use schema::{Components, FormBody, HasSchema, Value, json};
use serde::Serialize;

use crate::{
    answer::{Answer, Handled},
    codes,
    endpoint::{Endpoint, POST, public},
    form::{self, FromForm, NotOnce},
    problem::Problem,
    request::Request,
};

pub(crate) fn get_tokens() -> Endpoint {
    public(POST, "/api/v1/auth/token", token)
        .named("getTokens", "Log in, or refresh a session")
        .saying(
            "RFC 6749's grants `password` and `refresh_token`, for Orderly's own pages and clients. A refresh \
             token serves once.",
        )
        .taking_form::<TokenRequest>()
        .answering("A pair of tokens.")
        .refusing(&[
            codes::MALFORMED_IF_MATCH,
            codes::UNSUPPORTED_GRANT_TYPE,
            codes::INVALID_GRANT,
            codes::CONFLICT,
            codes::THROTTLED,
        ])
}

/// What is sent to the token route, in one schema: one of the grants.
struct TokenRequest;

impl HasSchema for TokenRequest {
    fn schema(components: &mut Components) -> Value {
        components.named("TokenRequest", |components| {
            json!({
                "description": "A request for tokens. Fields that are not named here are ignored.",
                "oneOf": [PasswordGrant::schema(components), RefreshTokenGrant::schema(components)],
                "discriminator": {"propertyName": "grant_type", "mapping": {
                    "password": "#/components/schemas/PasswordGrant",
                    "refresh_token": "#/components/schemas/RefreshTokenGrant",
                }},
            })
        })
    }
}

/// A log-in (RFC 6749 section 4.3.2).
#[derive(FormBody)]
#[schema(tag("grant_type", "password"), example({
    "grant_type": "password", "username": "ada@example.com", "password": "correct horse battery staple",
}))]
struct PasswordGrant {
    /// The user's e-mail address.
    #[schema(min_length = 1)]
    username: String,
    #[schema(min_length = 1)]
    password: Secret,
}

/// The next pair of tokens of a session (RFC 6749 section 6).
#[derive(FormBody)]
#[schema(
    tag("grant_type", "refresh_token"),
    example({"grant_type": "refresh_token", "refresh_token": "bm90IGEgcmVhbCB0b2tlbg"})
)]
struct RefreshTokenGrant {
    /// The refresh token given last.
    #[schema(min_length = 1, as_type = String)]
    refresh_token: Secret,
}

/// A token that is to be worth nothing from now on (RFC 7009 section 2.1).
#[derive(FormBody)]
#[schema(example({"token": "the refresh token"}))]
struct Revocation {
    /// A refresh token or an access token. With either, the session ends.
    #[schema(min_length = 1, as_type = String)]
    token: Secret,
}

/// A pair of tokens (RFC 6749 section 5.1).
#[derive(Serialize, HasSchema)]
#[schema(name = "Tokens", example({
    "access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", "token_type": "Bearer",
    "expires_in": 900, "refresh_token": "bm90IGEgcmVhbCB0b2tlbg",
}))]
struct TokensOnTheWire {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    #[schema(pattern = "^Bearer$", example = "Bearer")]
    token_type: &'static str,
    /// How long the access token serves, in seconds.
    #[schema(minimum = 1)]
    expires_in: u32,
    /// Gets the next pair, once.
    refresh_token: String,
}

impl From<Tokens> for TokensOnTheWire {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in_seconds,
            refresh_token: tokens.refresh_token,
        }
    }
}

async fn token(request: Request) -> Handled<TokensOnTheWire> {
    grant(request).await.map_err(in_oauth_shape)
}

async fn grant(mut request: Request) -> Handled<TokensOnTheWire> {
    let mut form = request.form(form::TOKEN_REQUEST).await?;
    let meta = request.meta(Actor::Anonymous)?;
    let granted = match form.take("grant_type")?.as_str() {
        "password" => {
            let PasswordGrant { username, password } = FromForm::from_form(&mut form)?;
            let command = LogIn {
                username,
                password,
                caller_address: request.caller_address(),
            };
            let granted = request.accounts().send(command, meta).await;
            request.state().metrics.logged_in(&granted);
            granted?
        }
        "refresh_token" => {
            let RefreshTokenGrant { refresh_token } = FromForm::from_form(&mut form)?;
            request
                .accounts()
                .send(RefreshSession { refresh_token }, meta)
                .await?
        }
        _ => return Err(unsupported_grant_type()),
    };
    match granted {
        TokenGrant::Granted(tokens) => Answer::ok(&TokensOnTheWire::from(tokens)),
        TokenGrant::InvalidGrant => Err(invalid_grant()),
    }
}

pub(crate) fn revoke_token() -> Endpoint {
    public(POST, "/api/v1/auth/revoke", revoke)
        .named("revokeToken", "Revoke a token")
        .saying(
            "RFC 7009. Ends the session that the token belongs to; an unknown token is as good as a revoked one.",
        )
        .taking_form::<Revocation>()
        .answering("The token is worth nothing.")
        .refusing(&[codes::MALFORMED_IF_MATCH, codes::CONFLICT])
}

async fn revoke(request: Request) -> Handled {
    end(request).await.map_err(in_oauth_shape)
}

/// An unknown token counts as a revoked one (RFC 7009 section 2.2), so this answers 200 to any.
async fn end(mut request: Request) -> Handled {
    let mut form = request.form(form::TOKEN_REQUEST).await?;
    let Revocation { token } = FromForm::from_form(&mut form)?;
    let meta = request.meta(Actor::Anonymous)?;
    request.accounts().send(RevokeToken { token }, meta).await?;
    Ok(Answer::empty(StatusCode::OK))
}

impl From<NotOnce> for Problem {
    fn from(NotOnce(name): NotOnce) -> Self {
        Self::new(
            codes::INVALID_REQUEST,
            format!("expected {name} once, and not empty"),
        )
    }
}

fn unsupported_grant_type() -> Problem {
    Problem::new(
        codes::UNSUPPORTED_GRANT_TYPE,
        "expected grant_type to be password or refresh_token",
    )
}

/// Never says what was wrong: a caller who guesses learns nothing.
fn invalid_grant() -> Problem {
    Problem::new(
        codes::INVALID_GRANT,
        "the user name, the password or the refresh token is wrong",
    )
}

/// RFC 6749 section 5.2 has few errors; the status distinguishes the others.
fn in_oauth_shape(problem: Problem) -> Problem {
    let error = if problem.code() == codes::INVALID_GRANT.name {
        "invalid_grant"
    } else if problem.code() == codes::UNSUPPORTED_GRANT_TYPE.name {
        "unsupported_grant_type"
    } else if problem.status() == StatusCode::TOO_MANY_REQUESTS
        || problem.status() == StatusCode::SERVICE_UNAVAILABLE
    {
        "temporarily_unavailable"
    } else if problem.status().is_server_error() {
        "server_error"
    } else {
        "invalid_request"
    };
    problem.in_oauth_shape(error)
}
