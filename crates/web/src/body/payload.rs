//! Reads a body from the connection, within its size and its time.
//!
//! actix-web's own request timeout ends with the headers: without a deadline here, a client could
//! send its body a byte a minute.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::header,
    rt::time::timeout,
    web::{Bytes, BytesMut},
};
use futures_util::{Stream, StreamExt};

use crate::{codes, problem::Problem};

/// How long a whole body may take, from its first byte read to its last.
const DEADLINE: Duration = Duration::from_secs(10);

/// The media types that Orderly reads.
#[derive(Clone, Copy)]
pub(crate) enum MediaType {
    Json,
    Form,
}

impl MediaType {
    const fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }
}

/// The whole body, of the given type and at most `limit` bytes. A request without a body needs no type.
pub(crate) async fn read(
    http: &HttpRequest,
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    media_type: MediaType,
    limit: usize,
) -> Result<Bytes, Problem> {
    let headers = http.headers();
    let declared = headers.get(header::CONTENT_TYPE);
    let encoded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let wrong_type = declared.is_some_and(|declared| !is(declared.as_bytes(), media_type));
    if encoded || wrong_type {
        return Err(unsupported(media_type));
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large(limit));
    }
    let bytes = within(DEADLINE, payload, limit).await?;
    if declared.is_none() && !bytes.is_empty() {
        return Err(unsupported(media_type));
    }
    Ok(bytes)
}

async fn within(
    deadline: Duration,
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    limit: usize,
) -> Result<Bytes, Problem> {
    timeout(deadline, collect(payload, limit))
        .await
        .unwrap_or_else(|_| {
            let detail = format!("the body took longer than {} s", deadline.as_secs());
            Err(Problem::new(codes::BODY_TOO_SLOW, detail))
        })
}

async fn collect(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    limit: usize,
) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk
            .map_err(|error| Problem::new(codes::INCOMPLETE_BODY, format!("the body broke off: {error}")))?;
        if first.len() + joined.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        // Nearly every body comes in one chunk, and is then not copied.
        if first.is_empty() && joined.is_empty() {
            first = chunk;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut first));
            joined.extend_from_slice(&chunk);
        }
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}

fn is(declared: &[u8], media_type: MediaType) -> bool {
    let essence = declared.split(|byte| *byte == b';').next().unwrap_or_default();
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(media_type.name().as_bytes())
}

fn unsupported(media_type: MediaType) -> Problem {
    let detail = format!("expected Content-Type: {}, not encoded", media_type.name());
    Problem::new(codes::UNSUPPORTED_MEDIA_TYPE, detail)
}

fn too_large(limit: usize) -> Problem {
    let problem = Problem::new(
        codes::BODY_TOO_LARGE,
        format!("expected a body of at most {limit} bytes"),
    );
    problem.with_fact("limit", i64::try_from(limit).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[actix_web::test]
    async fn a_body_that_does_not_come_is_refused_at_its_deadline() {
        let mut never = stream::pending();
        let problem = within(Duration::ZERO, &mut never, LIMIT).await.unwrap_err();
        assert_eq!(problem.code(), "body_too_slow");
    }

    #[actix_web::test]
    async fn a_body_without_a_length_is_refused_as_soon_as_it_is_too_large() {
        let mut endless = stream::repeat_with(|| Ok(Bytes::from_static(&[b'x'; 40])));
        let problem = within(DEADLINE, &mut endless, LIMIT).await.unwrap_err();
        assert_eq!(problem.code(), "body_too_large");
    }

    #[actix_web::test]
    async fn a_body_in_pieces_is_put_together() {
        let mut pieces =
            stream::iter(["{", "\"a\"", ":1}"].map(|piece| Ok(Bytes::from_static(piece.as_bytes()))));
        assert_eq!(within(DEADLINE, &mut pieces, LIMIT).await.unwrap(), "{\"a\":1}");
    }

    #[actix_web::test]
    async fn a_body_that_breaks_off_is_refused() {
        let mut broken = stream::iter([Ok(Bytes::from_static(b"{")), Err(PayloadError::Incomplete(None))]);
        let problem = within(DEADLINE, &mut broken, LIMIT).await.unwrap_err();
        assert_eq!(problem.code(), "incomplete_body");
    }

    const LIMIT: usize = 100;
}
