//! Where mail goes, from one setting.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use notifications::{FileMailer, InvalidSmtpServer, Mailer, Sender, SmtpMailer, SmtpServer};

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MailTarget {
    /// Into files in a folder.
    Folder(PathBuf),
    /// To a mail server.
    Server(SmtpServer),
}

/// The text names no place for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidMailTarget {
    #[error(
        "expected file:FOLDER, as in file:data/mail, or smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT"
    )]
    Form,
    #[error(transparent)]
    Server(#[from] InvalidSmtpServer),
}

impl MailTarget {
    /// The mailer for it.
    pub(crate) fn mailer(&self, sender: &Sender) -> Arc<dyn Mailer> {
        match self {
            Self::Folder(folder) => Arc::new(FileMailer::new(folder.clone())),
            Self::Server(server) => Arc::new(SmtpMailer::new(server.clone(), sender)),
        }
    }
}

impl FromStr for MailTarget {
    type Err = InvalidMailTarget;

    fn from_str(text: &str) -> Result<Self, InvalidMailTarget> {
        match text.split_once(':') {
            Some(("file", folder)) if !folder.is_empty() => Ok(Self::Folder(folder.into())),
            Some(("smtp" | "smtps", _)) => Ok(Self::Server(text.parse()?)),
            Some(_) | None => Err(InvalidMailTarget::Form),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_target_is_a_folder_or_a_server() {
        assert_eq!(
            "file:/var/mail/shop".parse(),
            Ok(MailTarget::Folder("/var/mail/shop".into()))
        );
        let server: MailTarget = "smtps://shop:secret@mail.example.com:465".parse().unwrap();
        assert!(!format!("{server:?}").contains("secret"));
        for text in ["", "file:", "data/mail", "mailto:ada@example.com"] {
            assert_eq!(
                text.parse::<MailTarget>(),
                Err(InvalidMailTarget::Form),
                "{text:?}"
            );
        }
        assert_eq!(
            "smtp:mail.example.com".parse::<MailTarget>(),
            Err(InvalidMailTarget::Server(InvalidSmtpServer::Form))
        );
    }
}
