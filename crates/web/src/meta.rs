//! What a command carries beside its own fields is put together here, and nowhere else.

use actix_web::HttpRequest;
use message_bus::{Actor, CommandMeta};

use crate::{preconditions, problem::Problem, request::Request};

/// The meta of the command that `request` leads to, on behalf of `actor`.
pub(crate) fn command_meta(request: &Request, actor: Actor) -> Result<CommandMeta, Problem> {
    let state = request.state();
    Ok(CommandMeta {
        correlation_id: request.id().correlation_id(),
        expected_version: preconditions::expected_version(request.http())?,
        traceparent: traceparent(request.http()),
        ..CommandMeta::new(actor, state.clock.now(), &*state.ids)
    })
}

/// The caller's W3C trace context. A malformed one is as good as none, as its specification demands.
fn traceparent(http: &HttpRequest) -> Option<String> {
    let value = http.headers().get("traceparent")?.to_str().ok()?;
    let [version, trace, parent, flags] = *value.split('-').collect::<Vec<_>>() else {
        return None;
    };
    let hexadecimal = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_set = |part: &str| part.bytes().any(|byte| byte != b'0');
    let stands = hexadecimal(version, 2)
        && version != "ff"
        && hexadecimal(trace, 32)
        && is_set(trace)
        && hexadecimal(parent, 16)
        && is_set(parent)
        && hexadecimal(flags, 2);
    stands.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_trace_context_is_taken_over_and_a_malformed_one_is_not() {
        let taken = |value: &str| {
            let request = TestRequest::default().insert_header(("traceparent", value));
            traceparent(&request.to_http_request())
        };
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(taken(good).as_deref(), Some(good));
        for malformed in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            assert_eq!(taken(malformed), None, "{malformed}");
        }
    }
}
