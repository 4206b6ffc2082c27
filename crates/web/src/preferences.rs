//! `Prefer` (RFC 7240): a caller's preferences. An unknown one is ignored, as section 2 requires.

use std::time::Duration;

use actix_web::{HttpRequest, http::header::HeaderName};

use crate::answer::Answer;

const PREFER: &str = "prefer";
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// The longest that a request waits, in seconds; longer preferences are shortened to it.
pub(crate) const LONGEST_WAIT_SECONDS: u32 = 10;

/// `wait=N`: the caller prefers waiting for so many seconds to asking again (section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    seconds: u32,
}

impl Wait {
    /// How long the request asks to wait; `None`, if it does not. The first valid one counts (section 2).
    pub(crate) fn asked_by(http: &HttpRequest) -> Option<Self> {
        http.headers()
            .get_all(PREFER)
            .filter_map(|header| header.to_str().ok())
            .flat_map(|value| value.split(','))
            .find_map(Self::parse)
    }

    fn parse(preference: &str) -> Option<Self> {
        let (name, value) = preference.split(';').next()?.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("wait") {
            return None;
        }
        let value = value.trim();
        let value = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(value);
        let all_digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        all_digits.then(|| Self {
            // More than fits into a number is more than the longest.
            seconds: value.parse().unwrap_or(u32::MAX).min(LONGEST_WAIT_SECONDS),
        })
    }

    /// For how long.
    pub(crate) const fn patience(self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }

    /// The same answer, with the time that it was ready to wait.
    pub(crate) fn applied_to<T>(self, answer: Answer<T>) -> Answer<T> {
        answer.with_text_header(PREFERENCE_APPLIED, &format!("wait={}", self.seconds))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seconds(prefer: &str) -> Option<u32> {
        let request = TestRequest::default()
            .insert_header((PREFER, prefer))
            .to_http_request();
        Wait::asked_by(&request).map(|wait| wait.seconds)
    }

    #[test]
    fn a_wait_is_read_among_other_wishes_and_cut_to_the_longest() {
        assert_eq!(seconds("wait=3"), Some(3));
        assert_eq!(seconds("respond-async, WAIT = \"7\"; foo=1"), Some(7));
        assert_eq!(seconds("wait=2, wait=9"), Some(2));
        assert_eq!(seconds("wait=11"), Some(10));
        assert_eq!(seconds("wait=99999999999999999999"), Some(10));
        assert_eq!(seconds("wait=0"), Some(0));
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        for prefer in [
            "",
            "wait",
            "wait=",
            "wait=-1",
            "wait=+1",
            "wait=soon",
            "waiting=3",
            "return=minimal",
        ] {
            assert_eq!(seconds(prefer), None, "{prefer:?}");
        }
    }
}
