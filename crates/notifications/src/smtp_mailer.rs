//! A mailer that sends each mail to an SMTP server.
//!
//! The protocol is lettre's; the pool is not. A mail that takes too long is given up in any step, and lettre's pool would then keep the
//! connection, where the next mail would get the last one's answers. Here a connection is kept only after a mail that was sent without an
//! error.

mod refusals;

use std::{
    error::Error,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use lettre::{
    Message,
    transport::smtp::{
        Error as SmtpError,
        authentication::DEFAULT_MECHANISMS,
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as MailFrom, Rcpt},
        extension::{ClientId, Extension, MailParameter},
    },
};
use tokio::{net::TcpStream, sync::Semaphore};

use self::refusals::{Step, is_for_good};
use crate::{Mail, MailError, Mailer, Sender, SmtpServer, smtp_server::Encryption};

/// How long one mail may take, the wait for a connection included. Shorter than a handler may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// How many connections are open at most.
const CONNECTIONS: usize = 4;
/// How much of an error is kept, since a server's text may have any length.
const LONGEST_REASON: usize = 500;

/// Sends mails to an SMTP server.
pub struct SmtpMailer {
    server: SmtpServer,
    hello: ClientId,
    deadline: Duration,
    open: Semaphore,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

/// Why a mail was not sent.
enum Failed {
    /// No server could be reached.
    ToConnect(io::Error),
    /// With this error, in this step.
    With { at: Step, error: SmtpError },
    /// Its addresses are not ASCII, and this server does not accept others.
    NotInAscii,
}

impl SmtpMailer {
    /// Sends mails to `server`, to which this machine gives the name of the sender's domain.
    pub fn new(server: SmtpServer, sender: &Sender) -> Self {
        Self {
            server,
            hello: ClientId::Domain(sender.domain().to_owned()),
            deadline: DEADLINE,
            open: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        }
    }

    async fn hand_over(&self, message: &Message) -> Result<(), Failed> {
        // An error means that the semaphore is closed, which this one never is.
        let _open = self.open.acquire().await;
        let mut connection = self.connection().await?;
        converse(&mut connection, message).await?;
        self.idle().push(connection);
        Ok(())
    }

    /// An open connection that answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Failed> {
        loop {
            let Some(mut idle) = self.idle().pop() else { break };
            if idle.test_connected().await {
                return Ok(idle);
            }
        }
        let mut connection = match self.server.encryption {
            Encryption::None | Encryption::StartTls => self.connect_plainly().await?,
            Encryption::Tls => self.connect_with_tls().await.map_err(failed_at(Step::Greeting))?,
        };
        self.introduce(&mut connection)
            .await
            .map_err(failed_at(Step::Greeting))?;
        Ok(connection)
    }

    /// lettre writes a mail in two pieces. Without `TCP_NODELAY` the second waits until the first is acknowledged, which took 40 ms of 44.
    async fn connect_plainly(&self) -> Result<AsyncSmtpConnection, Failed> {
        let stream = TcpStream::connect(self.address())
            .await
            .map_err(Failed::ToConnect)?;
        stream.set_nodelay(true).map_err(Failed::ToConnect)?;
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello)
            .await
            .map_err(failed_at(Step::Greeting))
    }

    async fn connect_with_tls(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let tls = Some(self.tls()?);
        AsyncSmtpConnection::connect_tokio1(self.address(), None, &self.hello, tls, None).await
    }

    /// The steps before the first mail: STARTTLS, and the log-in.
    async fn introduce(&self, connection: &mut AsyncSmtpConnection) -> Result<(), SmtpError> {
        if self.server.encryption == Encryption::StartTls {
            connection.starttls(self.tls()?, &self.hello).await?;
        }
        if let Some(credentials) = &self.server.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(())
    }

    fn address(&self) -> (&str, u16) {
        (&self.server.host, self.server.port)
    }

    fn tls(&self) -> Result<TlsParameters, SmtpError> {
        TlsParameters::new(self.server.host.clone())
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn idle(&self) -> MutexGuard<'_, Vec<AsyncSmtpConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_now(&self, reason: &str) -> MailError {
        MailError::NotNow(shortened(&format!("mail server {}: {reason}", self.server)))
    }
}

/// The conversation about one mail, step by step: the cause of a refusal depends on the step.
async fn converse(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Failed> {
    let envelope = message.envelope();
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    let in_ascii = addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii());
    let knows_more = connection.server_info().supports_feature(Extension::SmtpUtfEight);
    let parameters = match (in_ascii, knows_more) {
        (true, _) => Vec::new(),
        (false, true) => vec![MailParameter::SmtpUtfEight],
        (false, false) => return Err(Failed::NotInAscii),
    };
    connection
        .command(MailFrom::new(envelope.from().cloned(), parameters))
        .await
        .map_err(failed_at(Step::Sender))?;
    for recipient in envelope.to() {
        connection
            .command(Rcpt::new(recipient.clone(), Vec::new()))
            .await
            .map_err(failed_at(Step::Recipient))?;
    }
    connection.command(Data).await.map_err(failed_at(Step::Sender))?;
    connection
        .message(&message.formatted())
        .await
        .map_err(failed_at(Step::Content))?;
    Ok(())
}

fn failed_at(at: Step) -> impl FnOnce(SmtpError) -> Failed {
    move |error| Failed::With { at, error }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = mail.to_message()?;
        let refused = |reason: String| MailError::Refused {
            recipient: mail.recipient.clone(),
            reason: shortened(&reason),
        };
        match tokio::time::timeout(self.deadline, self.hand_over(&message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Failed::ToConnect(error))) => Err(self.not_now(&in_full(&error))),
            Ok(Err(Failed::NotInAscii)) => Err(refused(format!(
                "mail server {} takes ASCII addresses alone",
                self.server
            ))),
            Ok(Err(Failed::With { at, error })) if is_for_good(at, &error) => Err(refused(in_full(&error))),
            Ok(Err(Failed::With { error, .. })) => Err(self.not_now(&in_full(&error))),
            Err(_) => Err(self.not_now(&format!("no end of it within {:?}", self.deadline))),
        }
    }
}

/// An error with all that caused it.
fn in_full(error: &dyn Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = error.source();
    }
    reason
}

/// The beginning of a text, on one line.
fn shortened(text: &str) -> String {
    let on_one_line = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    on_one_line.take(LONGEST_REASON).collect()
}

#[cfg(test)]
mod tests;
