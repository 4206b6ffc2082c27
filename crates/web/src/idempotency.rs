//! `Idempotency-Key`: a POST that is sent again, because its answer was lost, gets the first answer.
//!
//! What was committed under a key is in the context's command log, written in the transaction of the command itself.
//! Here are only the header, the fingerprint of the body, and the keys of requests under way in this process. A
//! refusal is not recorded and leaves the key free.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use message_bus::{Actor, Command, Handles, LogsCommands, Replay, command_log::answered_before};
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::{
    answer::{Answer, Handled},
    codes, meta,
    problem::Problem,
    request::Request,
};

/// The header's name.
const HEADER: &str = "Idempotency-Key";
/// The longest key: long enough to be unique, short enough to be stored.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=255;
/// After how many seconds a key that is in use may be sent again.
const RETRY_AFTER_SECONDS: u32 = 1;

/// What requests with a key share in this process. Clones share it.
#[derive(Clone)]
pub struct IdempotencyKeys {
    fingerprint_key: Arc<[u8; 32]>,
    under_way: Arc<Mutex<HashSet<String>>>,
}

impl IdempotencyKeys {
    /// `fingerprint_key` is the key of the bodies' fingerprints, since bodies can hold passwords. It has to stay
    /// the same over restarts, or a repeated request looks like another one.
    pub fn new(fingerprint_key: [u8; 32]) -> Self {
        Self {
            fingerprint_key: Arc::new(fingerprint_key),
            under_way: Arc::default(),
        }
    }

    fn fingerprint(&self, body: &[u8]) -> Result<[u8; 32], Problem> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.fingerprint_key.as_slice())
            .map_err(|error| Problem::internal_error(error.to_string()))?;
        mac.update(body);
        Ok(mac.finalize().into_bytes().into())
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn under_way(&self) -> MutexGuard<'_, HashSet<String>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, key: &str) -> Option<UnderWay> {
        self.under_way().insert(key.to_owned()).then(|| UnderWay {
            keys: self.clone(),
            key: key.to_owned(),
        })
    }
}

/// A key in use, until this is dropped, however the request ends.
struct UnderWay {
    keys: IdempotencyKeys,
    key: String,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.keys.under_way().remove(&self.key);
    }
}

/// A command's view, and whether it was given before.
pub(crate) struct CarriedOut<V> {
    pub(crate) view: V,
    replayed: bool,
}

impl<V> CarriedOut<V> {
    /// The answer made of the view, marked when it is a repetition.
    pub(crate) fn answer<T>(&self, make: impl FnOnce(&V) -> Handled<T>) -> Handled<T> {
        let answer = make(&self.view)?;
        Ok(if self.replayed {
            Answer::replayed(answer)
        } else {
            answer
        })
    }
}

/// Carries out a command of `context` on behalf of `actor`; with an `Idempotency-Key`, once per key.
pub(crate) async fn carry_out<H, C>(
    request: &Request,
    context: &H,
    command: C,
    actor: Actor,
) -> Result<CarriedOut<C::Output>, Problem>
where
    H: Handles<C> + LogsCommands,
    C: Command,
    C::Output: DeserializeOwned,
{
    let replay = replay(request, &actor)?;
    let under_way = match &replay {
        None => None,
        Some(replay) => {
            let keys = &request.state().idempotency;
            let Some(under_way) = keys.begin(&replay.key) else {
                let detail = "a request with this key is being worked on";
                return Err(
                    Problem::new(codes::IDEMPOTENCY_KEY_IN_USE, detail).with_retry_after(RETRY_AFTER_SECONDS)
                );
            };
            // Before `If-Match` is checked: the first request's change has made the version that it states stale.
            if let Some(view) = answered_before(context.command_log(), replay).await? {
                return Ok(CarriedOut { view, replayed: true });
            }
            Some(under_way)
        }
    };
    let mut meta = meta::command_meta(request, actor)?;
    meta.replay = replay;
    let view = context.send(command, meta).await?;
    drop(under_way);
    Ok(CarriedOut {
        view,
        replayed: false,
    })
}

/// The request's key, combined with the caller and the path, and the fingerprint of its body.
fn replay(request: &Request, actor: &Actor) -> Result<Option<Replay>, Problem> {
    let mut headers = request.http().headers().get_all(HEADER);
    let Some(header) = headers.next() else {
        return Ok(None);
    };
    let given = header.to_str().ok().map(unquoted);
    let acceptable =
        |key: &&str| LENGTHS.contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let (Some(key), None) = (given.filter(acceptable), headers.next()) else {
        let detail = "expected one key of 16 to 255 visible ASCII characters, bare or quoted";
        return Err(Problem::new(codes::MALFORMED_IDEMPOTENCY_KEY, detail));
    };
    let method = request.http().method();
    let path = request.http().path();
    Ok(Some(Replay {
        key: format!("{actor} {method} {path} {key}"),
        fingerprint: request.state().idempotency.fingerprint(request.body_read())?,
    }))
}

/// RFC 8941's string without its quotes; a bare key as it is.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text)
}
