//! A client's messages to PostgreSQL, parsed as far as needed to recognise a COMMIT.
//!
//! See "Message Formats" in PostgreSQL's manual. A COMMIT comes as a simple query, or as the execution of a portal that
//! is bound to a statement prepared from that text. Deliberately not here: encrypted connections.

use std::collections::HashSet;

/// Each asks for another kind of connection; the real first message follows.
const SSL_REQUEST: i32 = 80_877_103;
const GSS_REQUEST: i32 = 80_877_104;

/// A whole message, as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    /// Whether the database commits when it gets this one.
    pub(crate) commits: bool,
}

/// One client's side of one connection.
#[derive(Debug, Default)]
pub(crate) struct Frontend {
    unread: Vec<u8>,
    has_begun: bool,
    /// Names of prepared statements that commit.
    statements: HashSet<Vec<u8>>,
    /// Names of portals that execute one of these.
    portals: HashSet<Vec<u8>>,
}

impl Frontend {
    /// Takes what was received, and returns the messages that are complete by now.
    pub(crate) fn read(&mut self, received: &[u8]) -> Vec<Message> {
        self.unread.extend_from_slice(received);
        let mut messages = Vec::new();
        while let Some(bytes) = self.next() {
            let commits = self.commits(&bytes);
            messages.push(Message { bytes, commits });
        }
        messages
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        // The first message has no type.
        let kind = usize::from(self.has_begun);
        let length = number(self.unread.get(kind..)?)?;
        let whole = kind + usize::try_from(length).unwrap();
        (self.unread.len() >= whole).then(|| self.unread.drain(..whole).collect())
    }

    fn commits(&mut self, message: &[u8]) -> bool {
        if !self.has_begun {
            let code = message.get(4..).and_then(number);
            self.has_begun = !matches!(code, Some(SSL_REQUEST | GSS_REQUEST));
            return false;
        }
        let (kind, mut rest) = (message[0], &message[5..]);
        match kind {
            b'Q' => is_commit(text(&mut rest)),
            b'P' => {
                let (name, query) = (text(&mut rest), text(&mut rest));
                remember(&mut self.statements, name, is_commit(query));
                false
            }
            b'B' => {
                let (portal, statement) = (text(&mut rest), text(&mut rest));
                remember(&mut self.portals, portal, self.statements.contains(statement));
                false
            }
            b'E' => self.portals.contains(text(&mut rest)),
            _ => false,
        }
    }
}

fn number(bytes: &[u8]) -> Option<i32> {
    bytes
        .first_chunk()
        .map(|bytes: &[u8; 4]| i32::from_be_bytes(*bytes))
}

/// Takes a text off, which ends with a zero.
fn text<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let text = parts.next().unwrap_or_default();
    *bytes = parts.next().unwrap_or_default();
    text
}

/// Names are used again for something else, above all the empty one.
fn remember(names: &mut HashSet<Vec<u8>>, name: &[u8], holds: bool) {
    if holds {
        names.insert(name.to_owned());
    } else {
        names.remove(name);
    }
}

fn is_commit(query: &[u8]) -> bool {
    let query = String::from_utf8_lossy(query);
    query.split(';').any(|statement| {
        let first = statement.split_whitespace().next().unwrap_or_default();
        first.eq_ignore_ascii_case("commit")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untyped(code: i32) -> Vec<u8> {
        [8, code].into_iter().flat_map(i32::to_be_bytes).collect()
    }

    fn message(kind: u8, content: &str) -> Vec<u8> {
        let length = i32::try_from(content.len() + 4).unwrap();
        let mut bytes = vec![kind];
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(content.as_bytes());
        bytes
    }

    /// Which of these messages commit, after a connection's beginning, however they are cut in pieces.
    fn committing(messages: &[Vec<u8>]) -> Vec<bool> {
        let beginning = [untyped(SSL_REQUEST), untyped(196_608)];
        let all: Vec<Vec<u8>> = beginning.iter().chain(messages).cloned().collect();
        let stream = all.concat();
        let read_in_pieces_of = |size: usize| {
            let mut frontend = Frontend::default();
            let read: Vec<Message> = stream
                .chunks(size)
                .flat_map(|piece| frontend.read(piece))
                .collect();
            let bytes: Vec<Vec<u8>> = read.iter().map(|message| message.bytes.clone()).collect();
            assert_eq!(bytes, all, "in pieces of {size}");
            let commits: Vec<bool> = read.iter().map(|message| message.commits).collect();
            commits[beginning.len()..].to_vec()
        };
        let whole = read_in_pieces_of(stream.len());
        for size in [1, 2, 3, 7] {
            assert_eq!(read_in_pieces_of(size), whole, "in pieces of {size}");
        }
        whole
    }

    #[test]
    fn a_simple_commit_is_recognised() {
        for (query, commits) in [
            ("COMMIT\0", true),
            ("commit;\0", true),
            ("INSERT INTO orders VALUES (1); COMMIT\0", true),
            ("BEGIN\0", false),
            ("ROLLBACK\0", false),
            ("SELECT 'COMMIT'\0", false),
        ] {
            assert_eq!(committing(&[message(b'Q', query)]), [commits], "{query}");
        }
    }

    #[test]
    fn a_prepared_commit_is_recognised_where_it_is_executed() {
        let found = committing(&[
            message(b'P', "insert\0INSERT INTO orders VALUES ($1)\0"),
            message(b'P', "end\0COMMIT\0"),
            message(b'B', "\0insert\0"),
            message(b'E', "\0\0\0\0\0"),
            message(b'B', "\0end\0"),
            message(b'E', "\0\0\0\0\0"),
            message(b'S', ""),
            message(b'B', "\0insert\0"),
            message(b'E', "\0\0\0\0\0"),
        ]);
        let at = |place: usize| (0..9).map(|each| each == place).collect::<Vec<bool>>();
        assert_eq!(found, at(5));
    }

    #[test]
    fn a_name_that_means_something_else_by_now_does_not_commit() {
        let found = committing(&[
            message(b'P', "\0COMMIT\0"),
            message(b'P', "\0SELECT 1\0"),
            message(b'B', "\0\0"),
            message(b'E', "\0\0\0\0\0"),
        ]);
        assert_eq!(found, [false; 4]);
    }
}
