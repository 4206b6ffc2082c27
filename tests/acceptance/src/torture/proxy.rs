//! A way to PostgreSQL that breaks when it is told to, around a COMMIT.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::{error::Elapsed, timeout},
};

use super::{
    frontend::{Frontend, Message},
    load::PATIENCE,
};
use crate::data_folder::holds;

const PIECE: usize = 64 * 1024;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cut {
    /// The database never hears of the COMMIT.
    BeforeTheCommit,
    /// The database is told to commit, and nobody waits to hear how that goes.
    AfterTheCommit,
    /// The database has committed and says so, to nobody.
    BeforeTheAnswer,
}

impl Cut {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::BeforeTheCommit, Self::AfterTheCommit, Self::BeforeTheAnswer];
}

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::BeforeTheCommit => "before the commit",
            Self::AfterTheCommit => "after the commit",
            Self::BeforeTheAnswer => "before the answer",
        })
    }
}

/// A proxy on a free port. Dropping it breaks every connection.
pub(crate) struct Proxy {
    address: SocketAddr,
    next: Arc<Mutex<Option<Cut>>>,
    done: mpsc::UnboundedReceiver<Cut>,
    _connections: JoinSet<()>,
}

impl Proxy {
    /// Starts one before the database there.
    pub(crate) async fn before(database: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let next = Arc::new(Mutex::new(None));
        let (tell, done) = mpsc::unbounded_channel();
        let mut connections = JoinSet::new();
        let cutter = Cutter {
            next: Arc::clone(&next),
            tell,
        };
        connections.spawn(async move {
            let mut relays = JoinSet::new();
            while let Ok((server, _)) = listener.accept().await {
                let cutter = cutter.clone();
                // Whatever ends a relay ends both of its connections, which is all that can be done about it.
                relays.spawn(async move { cutter.relay(server, database).await.is_ok() });
                while relays.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            next,
            done,
            _connections: connections,
        }
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts the connection on which a COMMIT comes next, and waits until that has happened.
    ///
    /// # Errors
    /// When that takes too long.
    pub(crate) async fn cut_at_the_next_commit(&mut self, cut: Cut) -> Result<(), Elapsed> {
        *self.next.lock().unwrap() = Some(cut);
        timeout(PATIENCE, self.done.recv()).await.map(|_| ())
    }
}

#[derive(Clone)]
struct Cutter {
    next: Arc<Mutex<Option<Cut>>>,
    tell: mpsc::UnboundedSender<Cut>,
}

impl Cutter {
    /// Hands on what either side says, until one of them leaves or the connection is cut.
    async fn relay(&self, mut server: TcpStream, database: SocketAddr) -> io::Result<()> {
        let mut database = TcpStream::connect(database).await?;
        let mut frontend = Frontend::default();
        let (mut said, mut answered) = (vec![0; PIECE], vec![0; PIECE]);
        let mut withheld = None::<Vec<u8>>;
        loop {
            tokio::select! {
                read = server.read(&mut said) => {
                    let messages = frontend.read(&said[..some(read?)?]);
                    let Some(cut) = self.cut_among(&messages) else {
                        database.write_all(&joined(&messages)).await?;
                        continue;
                    };
                    if cut == Cut::BeforeTheCommit {
                        let before: Vec<Message> = messages.into_iter().take_while(|message| !message.commits).collect();
                        database.write_all(&joined(&before)).await?;
                        return self.cut(cut);
                    }
                    database.write_all(&joined(&messages)).await?;
                    if cut == Cut::AfterTheCommit {
                        return self.cut(cut);
                    }
                    withheld = Some(Vec::new());
                }
                read = database.read(&mut answered) => {
                    let answered = &answered[..some(read?)?];
                    let Some(withheld) = &mut withheld else {
                        server.write_all(answered).await?;
                        continue;
                    };
                    withheld.extend_from_slice(answered);
                    // A transaction that failed before says ROLLBACK; that is an answer as well.
                    if holds(withheld, "COMMIT\0") || holds(withheld, "ROLLBACK\0") {
                        return self.cut(Cut::BeforeTheAnswer);
                    }
                }
            }
        }
    }

    /// The cut that is due, if one of these messages commits.
    fn cut_among(&self, messages: &[Message]) -> Option<Cut> {
        let commits = messages.iter().any(|message| message.commits);
        commits.then(|| self.next.lock().unwrap().take()).flatten()
    }

    /// Says that it is done; the caller's return is what does it.
    fn cut(&self, cut: Cut) -> io::Result<()> {
        // Nobody listens any more when the test is over.
        let _ = self.tell.send(cut);
        Ok(())
    }
}

/// Nothing read is the end.
fn some(read: usize) -> io::Result<usize> {
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(read)
}

fn joined(messages: &[Message]) -> Vec<u8> {
    messages
        .iter()
        .flat_map(|message| message.bytes.iter().copied())
        .collect()
}
