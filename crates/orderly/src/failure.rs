//! How a failed command ends: one line, and an exit code.

use std::{fmt::Display, process::ExitCode};

use data_copy::CopyError;
use demo_data::DemoError;
use message_bus::UseCaseError;
use storage::{FolderError, postgres, sqlite};

/// Why a command failed, by exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 1: a check failed, or a rule refused.
    Check(String),
    /// 2: the command or a setting is wrong.
    Usage(String),
    /// 3: something that is needed is not available.
    Unavailable(String),
}

impl Failure {
    /// The command or a setting is wrong; the reason names it.
    pub(crate) fn usage(reason: impl Display) -> Self {
        Self::Usage(reason.to_string())
    }

    /// Something that is needed is not available.
    pub(crate) fn unavailable(reason: impl Display) -> Self {
        Self::Unavailable(reason.to_string())
    }

    /// A check failed.
    pub(crate) fn check(reason: impl Display) -> Self {
        Self::Check(reason.to_string())
    }

    /// Prints the one line and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (reason, code) = match self {
            Self::Check(reason) => (reason, 1),
            Self::Usage(reason) => (reason, 2),
            Self::Unavailable(reason) => (reason, 3),
        };
        eprintln!("orderly: {}", reason.replace('\n', " "));
        ExitCode::from(code)
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::unavailable(error)
    }
}

impl From<sqlite::OpenError> for Failure {
    fn from(error: sqlite::OpenError) -> Self {
        Self::unavailable(error)
    }
}

impl From<postgres::OpenError> for Failure {
    fn from(error: postgres::OpenError) -> Self {
        match error {
            postgres::OpenError::Url { .. } => {
                Self::usage(format!("ORDERLY_DATABASE_URL (--database-url): {error}"))
            }
            error => Self::unavailable(error),
        }
    }
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::NotEmpty { .. } | CopyError::Differs { .. } => Self::check(error),
            CopyError::Failed { .. } | CopyError::NotKept { .. } | CopyError::OutcomeUnknown { .. } => {
                Self::unavailable(error)
            }
        }
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::UseCase(error) => error.into(),
            DemoError::Unfit(reason) => Self::Check(reason),
            DemoError::NotTold(error) => Self::unavailable(error),
        }
    }
}

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Refused(refusal) => Self::check(refusal),
            UseCaseError::NotFound(error) => Self::check(error),
            UseCaseError::Conflict(error) => Self::check(error),
            UseCaseError::Unavailable(error) => Self::unavailable(error),
        }
    }
}
