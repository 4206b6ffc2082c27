//! Where mail goes, from one setting.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use notifications::{FileMailer, Mailer, Sender};

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MailTarget {
    /// Into files in a folder.
    Folder(PathBuf),
}

/// The text names no place for mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected file:FOLDER, as in file:data/mail")]
pub(crate) struct InvalidMailTarget;

impl MailTarget {
    /// Who carries mail there.
    pub(crate) fn mailer(&self, _sender: &Sender) -> Arc<dyn Mailer> {
        match self {
            Self::Folder(folder) => Arc::new(FileMailer::new(folder.clone())),
        }
    }
}

impl FromStr for MailTarget {
    type Err = InvalidMailTarget;

    fn from_str(text: &str) -> Result<Self, InvalidMailTarget> {
        match text.strip_prefix("file:") {
            Some(folder) if !folder.is_empty() => Ok(Self::Folder(folder.into())),
            Some(_) | None => Err(InvalidMailTarget),
        }
    }
}
