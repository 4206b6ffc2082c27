//! Use-case errors become HTTP here, and nowhere else. No arm is `_`: a new kind of failure needs a status.

use actix_web::http::StatusCode;
use message_bus::{Conflict, Unavailable, UseCaseError};
use shared_kernel::{RefusalKind, Version};

use crate::{codes, problem::Problem};

/// After how many seconds a caller should retry when a dependency failed.
const DEPENDENCY_RETRY_AFTER_SECONDS: u32 = 5;

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Refused(refusal) => {
                let status = match refusal.kind {
                    RefusalKind::Value => StatusCode::UNPROCESSABLE_ENTITY,
                    RefusalKind::State => StatusCode::CONFLICT,
                };
                Self::of(status, refusal.code, refusal.detail).with_facts(refusal.facts)
            }
            UseCaseError::NotFound(error) => not_found(error.what),
            UseCaseError::Conflict(error) => match error {
                Conflict::StaleVersion { expected, current } => {
                    // Only a tag that names no version gets here as this one.
                    let detail = if expected == Version::NEVER_STORED {
                        format!(
                            "found version {current}; If-Match named none: a weak tag (W/…) never matches there, and a strong one \
                             is as ETag had it (RFC 9110, section 13.1.1)"
                        )
                    } else {
                        error.to_string()
                    };
                    Self::new(codes::VERSION_MISMATCH, detail).with_fact("current_version", current.number())
                }
                Conflict::OthersWereFaster => Self::new(codes::CONFLICT, error.to_string()),
            },
            UseCaseError::Unavailable(error) => error.into(),
        }
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        match error {
            Unavailable::Busy { retry_after_seconds } => {
                Self::new(codes::BUSY, error.to_string()).with_retry_after(retry_after_seconds)
            }
            Unavailable::Throttled { retry_after_seconds } => {
                Self::new(codes::THROTTLED, error.to_string()).with_retry_after(retry_after_seconds)
            }
            Unavailable::Dependency(cause) => Self::new(
                codes::DEPENDENCY_UNAVAILABLE,
                "something that this depends on does not answer; try again later",
            )
            .with_retry_after(DEPENDENCY_RETRY_AFTER_SECONDS)
            .with_cause(cause.to_string()),
            Unavailable::StorageFull(cause) => Self::new(
                codes::STORAGE_FULL,
                "there is no room for what is to be written; nothing was done, and what is there can be read",
            )
            .with_retry_after(DEPENDENCY_RETRY_AFTER_SECONDS)
            .with_cause(cause.to_string()),
            Unavailable::ValueRefused(cause) => {
                Self::new(codes::VALUE_REFUSED, "a value is none that can be kept here")
                    .with_cause(cause.to_string())
            }
            Unavailable::OutcomeUnknown => Self::new(codes::OUTCOME_UNKNOWN, error.to_string())
                .with_retry_after(DEPENDENCY_RETRY_AFTER_SECONDS),
            Unavailable::Defect(cause) => Self::internal_error(cause.to_string()),
        }
    }
}

/// `what` does not exist, or the caller may not see it.
pub(crate) fn not_found(what: &'static str) -> Problem {
    Problem::of(
        StatusCode::NOT_FOUND,
        format!("{what}_not_found"),
        format!("there is no such {}", what.replace('_', " ")),
    )
}

#[cfg(test)]
mod tests {
    use message_bus::NotFound;
    use shared_kernel::Refusal;

    use super::*;

    #[test]
    fn each_way_to_fail_has_its_status_and_code() {
        let refusal = |kind| Refusal::new(kind, "a_rule", &"found this, expected that");
        let stale = Conflict::StaleVersion {
            expected: Version::new(1),
            current: Version::new(2),
        };
        let retry_after_seconds = 3;
        for (error, status, code) in [
            (refusal(RefusalKind::Value).into(), 422, "a_rule"),
            (refusal(RefusalKind::State).into(), 409, "a_rule"),
            (NotFound { what: "order" }.into(), 404, "order_not_found"),
            (stale.into(), 412, "version_mismatch"),
            (Conflict::OthersWereFaster.into(), 409, "conflict"),
            (Unavailable::Busy { retry_after_seconds }.into(), 503, "busy"),
            (
                Unavailable::Throttled { retry_after_seconds }.into(),
                429,
                "throttled",
            ),
            (
                Unavailable::dependency("gone").into(),
                503,
                "dependency_unavailable",
            ),
            (
                Unavailable::StorageFull("database or disk is full".into()).into(),
                503,
                "storage_full",
            ),
            (
                Unavailable::ValueRefused("0x00".into()).into(),
                422,
                "value_refused",
            ),
            (Unavailable::OutcomeUnknown.into(), 503, "outcome_unknown"),
            (UseCaseError::defect("a bug"), 500, "internal_error"),
        ] {
            let error: UseCaseError = error;
            let problem = Problem::from(error);
            assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
        }
    }

    #[actix_web::test]
    async fn a_cause_is_for_the_log_and_not_for_the_caller() {
        for error in [
            Unavailable::dependency("disk /srv full"),
            Unavailable::ValueRefused("disk /srv full".into()),
            Unavailable::defect("disk /srv full"),
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.cause(), Some("disk /srv full"));
            let body = actix_web::body::to_bytes(problem.to_response("/", "id").into_body()).await;
            assert!(!String::from_utf8_lossy(&body.unwrap()).contains("/srv"));
        }
    }

    #[test]
    fn whoever_is_to_wait_is_told_how_long() {
        let problem = Problem::from(Unavailable::Busy {
            retry_after_seconds: 3,
        });
        let response = problem.to_response("/", "id");
        assert_eq!(response.headers().get("retry-after").unwrap(), "3");
    }
}
