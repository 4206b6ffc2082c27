//! Bodies of answers that share their bytes, and that are handed to a connection a part at a time.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

/// How much of a body a connection gets at a time. It holds at most one part more than its own buffer, whatever the body's length.
const PART: usize = 16 * 1024;

/// A body. Answers with the same one share it.
pub(crate) struct SharedBody(Bytes);

impl SharedBody {
    pub(crate) const fn of(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl MessageBody for SharedBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        let part = self.0.len().min(PART);
        Poll::Ready(Some(Ok(self.0.split_to(part))))
    }

    /// Small ones go out as they are.
    fn try_into_bytes(self) -> Result<Bytes, Self> {
        if self.0.len() <= PART {
            Ok(self.0)
        } else {
            Err(self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_body_is_handed_out_a_part_at_a_time_and_is_not_copied() {
        let bytes = Bytes::from(vec![7; 3 * PART + 1]);
        let mut body = SharedBody::of(bytes.clone());
        assert_eq!(body.size(), BodySize::Sized(bytes.len() as u64));
        let mut parts = Vec::new();
        while let Some(Ok(part)) =
            std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await
        {
            parts.push(part);
        }
        assert_eq!(
            parts.iter().map(Bytes::len).collect::<Vec<_>>(),
            [PART, PART, PART, 1]
        );
        assert_eq!(parts[0].as_ptr(), bytes.as_ptr());
    }
}
