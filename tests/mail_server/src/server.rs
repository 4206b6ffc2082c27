//! The server: its port, its threads, and the behaviour that a test sets.

use std::{
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
};

use crate::{Received, conversation::converse, house_rules::HouseRules};

/// An SMTP server on a free port of this machine. It ends when it is dropped.
pub struct MailServer {
    address: SocketAddr,
    rules: Arc<HouseRules>,
    listening: Option<JoinHandle<()>>,
}

impl MailServer {
    /// A server that takes every mail.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut server = Self {
            address: listener.local_addr().unwrap(),
            rules: Arc::default(),
            listening: None,
        };
        server.listen(listener);
        server
    }

    /// Its URL, as in `smtp://127.0.0.1:2525`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The mails it took so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.rules.see(|state| state.received.clone())
    }

    /// How many that is.
    pub fn mails_so_far(&self) -> usize {
        self.rules.see(|state| state.received.len())
    }

    /// Waits until it has taken this many mails in all, and returns them. Blocks its thread.
    pub fn wait_for_mails(&self, count: usize) -> Vec<Received> {
        self.rules.wait_for(&format!("{count} mails"), |state| {
            (state.received.len() >= count).then(|| state.received.clone())
        })
    }

    /// Closes its port and breaks every connection: new connections are refused.
    pub fn go_down(&mut self) {
        self.rules.change(|state| state.is_down = true);
        self.break_connections();
        if let Some(listening) = self.listening.take() {
            // The thread wakes only for a caller. An error means that it has gone already.
            let _ = TcpStream::connect(self.address);
            listening.join().unwrap();
        }
    }

    /// Listens on the same port again.
    pub fn come_back(&mut self) {
        assert!(self.listening.is_none(), "it is not down");
        self.rules.change(|state| state.is_down = false);
        self.listen(TcpListener::bind(self.address).unwrap());
    }

    /// From here on every answer, the greeting included, waits for [`Self::become_quick`].
    pub fn become_slow(&self) {
        self.rules.change(|state| state.is_slow = true);
    }

    /// The next mail is taken, and its answer, as every one after it, waits for [`Self::become_quick`].
    pub fn become_slow_with_next_mail(&self) {
        self.rules.change(|state| state.is_slow_after_a_mail = true);
    }

    /// Gives all answers that were delayed, and delays no more.
    pub fn become_quick(&self) {
        self.rules.change(|state| {
            state.is_slow = false;
            state.is_slow_after_a_mail = false;
        });
    }

    /// Waits until this many callers wait for an answer at the same time. Blocks its thread.
    pub fn wait_for_waiting(&self, count: usize) {
        self.rules.wait_for(&format!("{count} waiting callers"), |state| {
            (state.waiting >= count).then_some(())
        });
    }

    /// Refuses mail to this address for good: 550.
    pub fn refuse_for_good(&self, address: &str) {
        self.refuse(address, "550 5.1.1 no such user here");
    }

    /// Refuses mail to this address for now: 451.
    pub fn refuse_for_now(&self, address: &str) {
        self.refuse(address, "451 4.3.0 try again later");
    }

    /// Answers `RCPT TO` this address with a line of its own, as in `530 5.7.0 log in first`.
    pub fn refuse(&self, address: &str, answer: &str) {
        self.rules
            .change(|state| state.refused.insert(address.to_owned(), answer.to_owned()));
    }

    /// Takes mail to this address again.
    pub fn welcome(&self, address: &str) {
        self.rules.change(|state| state.refused.remove(address));
    }

    /// Breaks the connection in the middle of each of the next `count` mails, before it has them.
    pub fn cut_off_next(&self, count: usize) {
        self.rules.change(|state| state.cuts = count);
    }

    /// Breaks all open connections, and goes on listening.
    pub fn break_connections(&self) {
        self.rules.change(|state| {
            for (_, connection) in state.connections.drain() {
                // An error means that the other side closed it first.
                let _ = connection.shutdown(Shutdown::Both);
            }
        });
    }

    /// How many connections there were in all.
    pub fn connections_so_far(&self) -> u64 {
        self.rules.see(|state| state.connections_so_far)
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.rules.see(|state| state.connections.len())
    }

    fn listen(&mut self, listener: TcpListener) {
        let rules = Arc::clone(&self.rules);
        self.listening = Some(thread::spawn(move || {
            for stream in listener.incoming() {
                // A caller who has hung up already is none.
                let Ok(stream) = stream else { continue };
                let kept = stream.try_clone().unwrap();
                let Some(number) = rules.change(|state| state.let_in(kept)) else {
                    return;
                };
                let rules = Arc::clone(&rules);
                thread::spawn(move || {
                    // An error means that the connection broke, by this side or the other.
                    let _ = converse(stream, number, &rules);
                    rules.change(|state| state.connections.remove(&number));
                });
            }
        }));
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.go_down();
    }
}
