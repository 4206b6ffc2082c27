//! Versions on the wire: `ETag`, `If-Match`, `If-None-Match` (RFC 9110 sections 8.8.3 and 13.1).

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
};
use shared_kernel::Version;

use crate::{codes, problem::Problem};

/// The entity tag of an answer: its version and, where the answer shows data of another context as well, that one's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntityTag {
    version: Version,
    beside: Option<Version>,
}

impl From<Version> for EntityTag {
    fn from(version: Version) -> Self {
        Self {
            version,
            beside: None,
        }
    }
}

impl EntityTag {
    /// The tag of an answer that also shows data at this version, if it does.
    pub(crate) const fn beside(self, beside: Option<Version>) -> Self {
        Self { beside, ..self }
    }

    /// In the form of `ETag`: `"3"`, or `"3.17"`.
    pub(crate) fn header(self) -> HeaderValue {
        let version = self.version;
        let text = match self.beside {
            None => format!("\"{version}\""),
            Some(beside) => format!("\"{version}.{beside}\""),
        };
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("\"\""))
    }

    fn parse(tag: &str) -> Option<Self> {
        let (version, beside) = match tag.split_once('.') {
            None => (tag, None),
            Some((version, beside)) => (version, Some(version_of(beside)?)),
        };
        Some(Self {
            version: version_of(version)?,
            beside,
        })
    }
}

/// The version that `If-Match` asks for; `None` when it is absent or `*`. Of a tag of two versions the first counts: a change of one thing does
/// not depend on another context's data.
///
/// A well-formed tag that is no version of ours, or a weak one, matches nothing (section 13.1.1): it becomes
/// a version that nothing stored ever has, and so is refused like any other stale one.
pub(crate) fn expected_version(http: &HttpRequest) -> Result<Option<Version>, Problem> {
    let mut headers = http.headers().get_all(header::IF_MATCH);
    let Some(header) = headers.next() else {
        return Ok(None);
    };
    let value = header.to_str().map(str::trim).unwrap_or_default();
    if headers.next().is_some() {
        return Err(malformed());
    }
    if value == "*" {
        return Ok(None);
    }
    if value.strip_prefix("W/").and_then(opaque_tag).is_some() {
        return Ok(Some(Version::NEVER_STORED));
    }
    let tag = opaque_tag(value).ok_or_else(malformed)?;
    Ok(Some(
        EntityTag::parse(tag).map_or(Version::NEVER_STORED, |tag| tag.version),
    ))
}

/// Whether `If-None-Match` names this, so that the body need not be sent again.
pub(crate) fn none_match_holds(http: &HttpRequest, current: EntityTag) -> bool {
    http.headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|header| header.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| {
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag == "*" || opaque_tag(tag).and_then(EntityTag::parse) == Some(current)
        })
}

fn opaque_tag(text: &str) -> Option<&str> {
    text.strip_prefix('"')?
        .strip_suffix('"')
        .filter(|tag| !tag.contains('"'))
}

fn version_of(tag: &str) -> Option<Version> {
    let number: u32 = tag.parse().ok()?;
    // One version has one tag: "+3" and "03" are none.
    (number.to_string() == tag).then(|| Version::new(number))
}

fn malformed() -> Problem {
    Problem::new(
        codes::MALFORMED_IF_MATCH,
        "expected If-Match to be * or one entity tag, as in \"3\"",
    )
}
