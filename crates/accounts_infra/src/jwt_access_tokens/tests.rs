//! Access tokens: what is in them, and what is rejected.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_kernel::in_memory::CountingIds;

use super::*;

fn secret() -> SigningSecret {
    hs256::use_for_tokens();
    SigningSecret::new(&[7; 32]).unwrap()
}

fn tokens() -> JwtAccessTokens {
    JwtAccessTokens::new(&secret(), Arc::new(CountingIds::default()))
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00.5Z".parse().unwrap()
}

fn claims() -> AccessClaims {
    AccessClaims {
        user_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
        role: Role::Staff,
        session_id: "0197b2c4-6d00-7000-8000-000000000002".parse().unwrap(),
    }
}

fn issued() -> String {
    tokens().issue(claims(), now()).unwrap().token.expose().to_owned()
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token that is signed with the right key, after `change` was made to its claims.
fn signed_with_changed_claims(change: impl FnOnce(&mut Value)) -> String {
    let mut claims = part(&issued(), 1);
    change(&mut claims);
    let header = Header {
        typ: Some(TYPE.to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    encode(
        &header,
        &claims,
        &EncodingKey::from_secret(secret().key_for(PURPOSE).bytes()),
    )
    .unwrap()
}

/// The issued token's signature under other claims or another header.
fn forged(header: &Value, claims: &Value, signature: &str) -> String {
    let encoded = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", encoded(header), encoded(claims))
}

#[test]
fn a_token_says_what_it_was_issued_for() {
    assert_eq!(tokens().verify(&issued(), now()), Ok(claims()));
    assert_eq!(part(&issued(), 0), json!({ "alg": "HS256", "typ": "at+jwt" }));
    let claims = part(&issued(), 1);
    let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "role", "sid", "sub"]);
}

#[test]
fn a_token_expires_after_fifteen_minutes_by_the_clock_given() {
    let issued = tokens().issue(claims(), now()).unwrap();
    assert_eq!(issued.expires_in_seconds, 900);
    let token = issued.token.expose();
    assert_eq!(
        tokens().verify(token, now().plus_milliseconds(899_499)),
        Ok(claims())
    );
    assert_eq!(
        tokens().verify(token, now().plus_milliseconds(899_500)),
        Err(RejectedToken::Expired)
    );
}

#[test]
fn a_token_of_another_secret_is_rejected() {
    let other = SigningSecret::new(&[8; 32]).unwrap();
    let other = JwtAccessTokens::new(&other, Arc::new(CountingIds::default()));
    assert_eq!(other.verify(&issued(), now()), Err(RejectedToken::WrongSignature));
}

#[test]
fn a_token_with_tampered_claims_is_rejected() {
    let token = issued();
    let mut claims = part(&token, 1);
    claims["role"] = json!("admin");
    let signature = token.split('.').nth(2).unwrap();
    let forged = forged(&part(&token, 0), &claims, signature);
    assert_eq!(
        tokens().verify(&forged, now()),
        Err(RejectedToken::WrongSignature)
    );
}

#[test]
fn a_token_without_a_signature_or_with_another_algorithm_is_rejected() {
    let token = issued();
    let signature = token.split('.').nth(2).unwrap();
    for algorithm in ["none", "None", "NONE", "HS384", "HS512", "RS256", "ES256"] {
        let header = json!({ "alg": algorithm, "typ": TYPE });
        for signature in ["", signature] {
            let forged = forged(&header, &part(&token, 1), signature);
            assert!(tokens().verify(&forged, now()).is_err(), "{algorithm}");
        }
    }
    let header = json!({ "alg": "HS512", "typ": TYPE });
    let forged = forged(&header, &part(&token, 1), signature);
    assert_eq!(
        tokens().verify(&forged, now()),
        Err(RejectedToken::NotForThisService)
    );
}

#[test]
fn a_token_of_another_kind_is_rejected() {
    let key = EncodingKey::from_secret(secret().key_for(PURPOSE).bytes());
    for typ in [None, Some("JWT".to_owned())] {
        let header = Header {
            typ,
            ..Header::new(Algorithm::HS256)
        };
        let token = encode(&header, &part(&issued(), 1), &key).unwrap();
        assert_eq!(
            tokens().verify(&token, now()),
            Err(RejectedToken::NotForThisService)
        );
    }
}

#[test]
fn the_issuer_and_the_audience_must_be_ours() {
    for claim in ["iss", "aud"] {
        let token = signed_with_changed_claims(|claims| claims[claim] = json!("somebody-else"));
        assert_eq!(
            tokens().verify(&token, now()),
            Err(RejectedToken::NotForThisService),
            "{claim}"
        );
        let token = signed_with_changed_claims(|claims| claims[claim] = json!([ISSUER, AUDIENCE]));
        assert_eq!(
            tokens().verify(&token, now()),
            Err(RejectedToken::Malformed),
            "{claim}"
        );
    }
}

#[test]
fn every_claim_must_be_there_and_be_of_its_kind() {
    for claim in ["iss", "aud", "sub", "sid", "role", "iat", "exp", "jti"] {
        let missing = signed_with_changed_claims(|claims| {
            claims.as_object_mut().unwrap().remove(claim);
        });
        assert_eq!(
            tokens().verify(&missing, now()),
            Err(RejectedToken::Malformed),
            "{claim}"
        );
        let of_another_kind = signed_with_changed_claims(|claims| claims[claim] = json!({ "a": 1 }));
        assert_eq!(
            tokens().verify(&of_another_kind, now()),
            Err(RejectedToken::Malformed),
            "{claim}"
        );
    }
}

#[test]
fn a_token_from_the_future_or_with_a_longer_life_than_ours_is_rejected() {
    let earlier = now().plus_seconds(-61);
    assert_eq!(
        tokens().verify(&issued(), earlier),
        Err(RejectedToken::IssuedInTheFuture)
    );
    assert_eq!(tokens().verify(&issued(), now().plus_seconds(-60)), Ok(claims()));
    for expiry in [i64::MAX, now().as_seconds() + 901, now().as_seconds(), i64::MIN] {
        let token = signed_with_changed_claims(|claims| claims["exp"] = json!(expiry));
        assert_eq!(
            tokens().verify(&token, now()),
            Err(RejectedToken::Malformed),
            "{expiry}"
        );
    }
}

#[test]
fn what_is_no_token_is_rejected() {
    for text in [
        "",
        ".",
        "..",
        "a.b.c",
        "Bearer x",
        &"x".repeat(5000),
        &issued()[1..],
    ] {
        assert_eq!(
            tokens().verify(text, now()),
            Err(RejectedToken::Malformed),
            "{text}"
        );
    }
}
