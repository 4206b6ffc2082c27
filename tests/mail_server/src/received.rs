//! A mail that the server took.

use std::net::SocketAddr;

/// A mail as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What `MAIL FROM` said.
    pub sender: String,
    /// What `RCPT TO` said, one for each.
    pub recipients: Vec<String>,
    /// The mail itself: headers and body, lines ending in CRLF, without the dots of the protocol.
    pub content: String,
    /// From where the connection came that it came on: two mails with the same came on one connection.
    pub came_from: SocketAddr,
}

impl Received {
    /// The value of a header, unfolded, as it was sent; the first one if there are several.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.content.split_once("\r\n\r\n")?;
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// Its `Message-ID`.
    pub fn message_id(&self) -> String {
        self.header("Message-ID").expect("every mail has a Message-ID")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_whatever_their_case_and_only_in_the_head() {
        let received = Received {
            sender: String::new(),
            recipients: Vec::new(),
            content: "Message-ID: <1@x>\r\nSubject: a\r\n long one\r\n\r\nX-Body: no\r\n".to_owned(),
            came_from: ([127, 0, 0, 1], 1).into(),
        };
        assert_eq!(received.message_id(), "<1@x>");
        assert_eq!(received.header("subject").as_deref(), Some("a long one"));
        assert_eq!(received.header("X-Body"), None);
    }
}
