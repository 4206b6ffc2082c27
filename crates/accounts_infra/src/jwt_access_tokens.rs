//! Access tokens: JWTs (RFC 9068) with one algorithm, HS256, and every claim checked.
//!
//! Whether the session is still open is not checked here. The caller gives the time: the crate's own check of the
//! expiry, which would read the system's clock, is switched off.

mod verified_tokens;

use std::sync::Arc;

use accounts_app::{AccessClaims, AccessTokens, IssuedAccessToken, RejectedToken, Secret};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode,
    errors::{Error, ErrorKind},
};
use message_bus::Unavailable;
use serde::{Deserialize, Serialize};
use shared_kernel::{IdGenerator, Role, SessionId, Timestamp, UserId};
use uuid::Uuid;

use self::verified_tokens::VerifiedTokens;
use crate::SigningSecret;

/// How long a token is valid, in seconds.
const LIFETIME_SECONDS: u32 = 15 * 60;
/// How far the clocks of two instances may differ, in seconds. It never lengthens a token's validity.
const CLOCK_SKEW_SECONDS: i64 = 5;
/// The kind of token (RFC 9068, section 2.1), so that no other JWT is accepted as one.
const TYPE: &str = "at+jwt";
/// The issuer.
const ISSUER: &str = "orderly";
/// The audience.
const AUDIENCE: &str = "orderly-api";
/// What the signing key is for. It never changes: tokens in use depend on it.
const PURPOSE: &str = "access-token";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    role: Role,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// The claims of a well-signed token of ours, whatever the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SignedClaims {
    access: AccessClaims,
    /// Seconds since 1970.
    issued_at: i64,
    /// Seconds since 1970.
    expires_at: i64,
}

/// Issues and verifies access tokens.
pub struct JwtAccessTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    verified: VerifiedTokens,
    ids: Arc<dyn IdGenerator>,
}

impl JwtAccessTokens {
    /// Tokens signed with a key of `secret`'s.
    pub fn new(secret: &SigningSecret, ids: Arc<dyn IdGenerator>) -> Self {
        let key = secret.key_for(PURPOSE);
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        Self {
            signing: EncodingKey::from_secret(key.bytes()),
            verifying: DecodingKey::from_secret(key.bytes()),
            validation,
            verified: VerifiedTokens::default(),
            ids,
        }
    }

    fn read(&self, token: &str) -> Result<SignedClaims, RejectedToken> {
        let token =
            decode::<Claims>(token, &self.verifying, &self.validation).map_err(|error| why(&error))?;
        if token.header.typ.as_deref() != Some(TYPE) {
            return Err(RejectedToken::NotForThisService);
        }
        let claims = token.claims;
        let lifetime = claims
            .exp
            .checked_sub(claims.iat)
            .ok_or(RejectedToken::Malformed)?;
        if !(1..=i64::from(LIFETIME_SECONDS)).contains(&lifetime) {
            return Err(RejectedToken::Malformed);
        }
        Ok(SignedClaims {
            access: AccessClaims {
                user_id: claims.sub,
                role: claims.role,
                session_id: claims.sid,
            },
            issued_at: claims.iat,
            expires_at: claims.exp,
        })
    }
}

impl AccessTokens for JwtAccessTokens {
    fn issue(&self, claims: AccessClaims, now: Timestamp) -> Result<IssuedAccessToken, Unavailable> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.user_id,
            sid: claims.session_id,
            role: claims.role,
            iat: now.as_seconds(),
            exp: now.as_seconds() + i64::from(LIFETIME_SECONDS),
            jti: self.ids.next_id(),
        };
        let header = Header {
            typ: Some(TYPE.to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        let token = encode(&header, &claims, &self.signing).map_err(Unavailable::defect)?;
        Ok(IssuedAccessToken {
            token: Secret::new(token),
            expires_in_seconds: LIFETIME_SECONDS,
        })
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, RejectedToken> {
        let now = now.as_seconds();
        let claims = match self.verified.get(token) {
            Some(claims) => claims,
            None => {
                let claims = self.read(token)?;
                self.verified.keep(token, claims, now);
                claims
            }
        };
        if claims.issued_at > now + CLOCK_SKEW_SECONDS {
            return Err(RejectedToken::IssuedInTheFuture);
        }
        if claims.expires_at <= now {
            return Err(RejectedToken::Expired);
        }
        Ok(claims.access)
    }
}

fn why(error: &Error) -> RejectedToken {
    match error.kind() {
        ErrorKind::InvalidSignature => RejectedToken::WrongSignature,
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience | ErrorKind::InvalidAlgorithm => {
            RejectedToken::NotForThisService
        }
        // The crate may add kinds; whatever they are, the token cannot be read.
        _ => RejectedToken::Malformed,
    }
}

#[cfg(test)]
mod tests;
