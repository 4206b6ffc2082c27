//! A proxy to PostgreSQL that cuts connections around a COMMIT when a test asks for it.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, sink},
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
/// How late a COMMIT is that was under way.
const LATE: Duration = Duration::from_millis(300);

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cut {
    /// The database never gets the COMMIT.
    BeforeTheCommit,
    /// The database gets it only long after the server has turned to another connection.
    WithTheCommitUnderWay,
    /// The database gets it, and its answer is not delivered.
    AfterTheCommit,
    /// The database has committed and answered, and the answer is not delivered.
    BeforeTheAnswer,
}

impl Cut {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [
        Self::BeforeTheCommit,
        Self::WithTheCommitUnderWay,
        Self::AfterTheCommit,
        Self::BeforeTheAnswer,
    ];
}

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::BeforeTheCommit => "before the commit",
            Self::WithTheCommitUnderWay => "with the commit under way",
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
                // If a relay ends for any reason, both of its connections end, which is all that can be done about it.
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
    /// Connects the server with the database, until one of them disconnects or the connection is cut.
    async fn relay(&self, mut server: TcpStream, database: SocketAddr) -> io::Result<()> {
        let mut database = TcpStream::connect(database).await?;
        let mut frontend = Frontend::default();
        let (cut, messages) = self.hand_on(&mut server, &mut database, &mut frontend).await?;
        let commit = messages.iter().position(|message| message.commits);
        let (before, commit) = messages.split_at(commit.unwrap_or_default());
        database.write_all(&joined(before)).await?;
        match cut {
            Cut::BeforeTheCommit => {}
            Cut::WithTheCommitUnderWay => {
                drop(server);
                let _ = timeout(LATE, copy(&mut database, &mut sink())).await;
                database.write_all(&joined(commit)).await?;
            }
            Cut::AfterTheCommit => database.write_all(&joined(commit)).await?,
            Cut::BeforeTheAnswer => {
                database.write_all(&joined(commit)).await?;
                let (mut said, mut answer) = (vec![0; PIECE], Vec::new());
                // A transaction that failed before answers ROLLBACK; that is an answer as well.
                while !holds(&answer, "COMMIT\0") && !holds(&answer, "ROLLBACK\0") {
                    tokio::select! {
                        read = server.read(&mut said) => {
                            let messages = frontend.read(&said[..some(read?)?]);
                            database.write_all(&joined(&messages)).await?;
                        }
                        read = database.read_buf(&mut answer) => {
                            some(read?)?;
                        }
                    }
                }
            }
        }
        // When the test is over, there is no receiver any more. The cut happens when this function ends.
        let _ = self.tell.send(cut);
        Ok(())
    }

    /// Forwards messages of either side, until a cut is due; returns the messages that are still to be sent.
    async fn hand_on(
        &self,
        server: &mut TcpStream,
        database: &mut TcpStream,
        frontend: &mut Frontend,
    ) -> io::Result<(Cut, Vec<Message>)> {
        let (mut said, mut answered) = (vec![0; PIECE], vec![0; PIECE]);
        loop {
            tokio::select! {
                read = server.read(&mut said) => {
                    let messages = frontend.read(&said[..some(read?)?]);
                    if let Some(cut) = self.cut_among(&messages) {
                        return Ok((cut, messages));
                    }
                    database.write_all(&joined(&messages)).await?;
                }
                read = database.read(&mut answered) => {
                    server.write_all(&answered[..some(read?)?]).await?;
                }
            }
        }
    }

    /// The cut that is due, if one of these messages commits.
    fn cut_among(&self, messages: &[Message]) -> Option<Cut> {
        let commits = messages.iter().any(|message| message.commits);
        commits.then(|| self.next.lock().unwrap().take()).flatten()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{Database, psql, shared_server};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_cut_is_where_it_says() {
        let database = Database::create(shared_server());
        database.run("CREATE TABLE written (cut text)");
        let mut proxy = Proxy::before(database.address()).await;
        let url = database.url_through(proxy.address());
        for (cut, rows) in Cut::ALL.into_iter().zip([0, 1, 1, 1]) {
            let insert = format!("INSERT INTO written VALUES ('{cut}')");
            let mut client = psql(&url);
            client.args(["--command", "BEGIN", "--command", &insert, "--command", "COMMIT"]);
            let client = tokio::task::spawn_blocking(move || client.output().unwrap());
            proxy.cut_at_the_next_commit(cut).await.unwrap();
            assert!(
                !client.await.unwrap().status.success(),
                "psql heard of its commit: {cut}"
            );
            // When this lock is taken, the transaction has ended.
            let count = format!("SELECT count(*) FROM written WHERE cut = '{cut}'");
            let found = database.run(&format!("BEGIN; LOCK TABLE written; {count}; COMMIT"));
            assert_eq!(found, format!("{rows}\n"), "{cut}");
        }
        let undisturbed = psql(&url).args(["--command", "SELECT 1"]).output().unwrap();
        assert!(undisturbed.status.success());
    }
}
