//! Which SMTP server accepts our mail, and how connections to it are made, from one URL.

use std::{fmt, net::IpAddr, str::FromStr};

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// The port at which servers speak plain SMTP, or STARTTLS.
const SMTP_PORT: u16 = 25;
/// The port at which servers speak TLS from the first byte on.
const SMTPS_PORT: u16 = 465;

/// An SMTP server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) credentials: Option<Credentials>,
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Not at all.
    None,
    /// It begins unencrypted, and goes on only with TLS.
    StartTls,
    /// TLS from the first byte on.
    Tls,
}

/// The text is no URL of an SMTP server. The error has nothing of the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtpServer {
    /// It has another form.
    #[error(
        "expected smtp://HOST:PORT, smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT, with what means something in a \
         URL percent-encoded"
    )]
    Form,
    /// A password would be sent unencrypted.
    #[error("found a password and tls=none, expected TLS to another machine before a password is sent there")]
    PlainPassword,
}

impl FromStr for SmtpServer {
    type Err = InvalidSmtpServer;

    fn from_str(text: &str) -> Result<Self, InvalidSmtpServer> {
        let url = Url::parse(text).map_err(|_| InvalidSmtpServer::Form)?;
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(Host::Domain(_)) | None => return Err(InvalidSmtpServer::Form),
        };
        let here = is_this_machine(&host);
        let (port, encryption) = match (url.scheme(), url.query()) {
            ("smtp", None) if here => (SMTP_PORT, Encryption::None),
            ("smtp", None | Some("tls=required")) => (SMTP_PORT, Encryption::StartTls),
            ("smtp", Some("tls=none")) => (SMTP_PORT, Encryption::None),
            ("smtps", None) => (SMTPS_PORT, Encryption::Tls),
            _ => return Err(InvalidSmtpServer::Form),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(InvalidSmtpServer::Form);
        }
        let credentials = credentials(&url)?;
        if credentials.is_some() && encryption == Encryption::None && !here {
            return Err(InvalidSmtpServer::PlainPassword);
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(port),
            encryption,
            credentials,
        })
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, InvalidSmtpServer> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(|_| InvalidSmtpServer::Form)
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some(Credentials::new(decoded(user)?, decoded(password)?)))
        }
        _ => Err(InvalidSmtpServer::Form),
    }
}

/// No one else can read what is sent there.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// As in `mail.example.com:25`, without anything secret.
impl fmt::Display for SmtpServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

/// Without anything secret.
impl fmt::Debug for SmtpServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SmtpServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> SmtpServer {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn another_machine_is_spoken_to_with_tls_unless_one_asks_otherwise() {
        for (text, expected, encryption) in [
            ("smtp://localhost:2525", "localhost:2525", Encryption::None),
            ("smtp://127.0.0.1:2525", "127.0.0.1:2525", Encryption::None),
            ("smtp://[::1]:2525", "::1:2525", Encryption::None),
            (
                "smtp://localhost:2525?tls=required",
                "localhost:2525",
                Encryption::StartTls,
            ),
            (
                "smtp://mail.example.com",
                "mail.example.com:25",
                Encryption::StartTls,
            ),
            (
                "smtp://mail.example.com:587/",
                "mail.example.com:587",
                Encryption::StartTls,
            ),
            ("smtp://mailhog:1025?tls=none", "mailhog:1025", Encryption::None),
            (
                "smtps://mail.example.com",
                "mail.example.com:465",
                Encryption::Tls,
            ),
            ("smtps://localhost:4650", "localhost:4650", Encryption::Tls),
        ] {
            let server = server(text);
            assert_eq!(
                (server.to_string().as_str(), server.encryption),
                (expected, encryption),
                "{text}"
            );
            assert_eq!(server.credentials, None, "{text}");
        }
    }

    #[test]
    fn a_user_and_a_password_are_decoded_and_never_shown() {
        for text in [
            "smtp://shop:s%40cret%3a%2F@mail.example.com:587",
            "smtps://shop:s%40cret%3a%2F@mail.example.com",
            "smtp://shop:s%40cret%3a%2F@127.0.0.1:2525",
        ] {
            let server = server(text);
            let expected = Credentials::new("shop".to_owned(), "s@cret:/".to_owned());
            assert_eq!(server.credentials, Some(expected), "{text}");
            assert!(!format!("{server} {server:?}").contains("cret"), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "smtp:",
            "smtp://",
            "smtp://:25",
            "mail.example.com:25",
            "http://mail.example.com",
            "smtp://mail.example.com:port",
            "smtp://mail.example.com:99999",
            "smtp://mail.example.com/inbox",
            "smtp://mail.example.com?tls=maybe",
            "smtps://mail.example.com?tls=none",
            "smtp://shop@mail.example.com",
            "smtp://:secret@mail.example.com",
            "smtp://shop:%ff@mail.example.com",
        ] {
            assert_eq!(text.parse::<SmtpServer>(), Err(InvalidSmtpServer::Form), "{text}");
        }
        assert_eq!(
            "smtp://shop:secret@mail.example.com?tls=none".parse::<SmtpServer>(),
            Err(InvalidSmtpServer::PlainPassword)
        );
    }
}
