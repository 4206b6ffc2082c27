//! A mail as text, and reading it: as much of MIME as Orderly writes.

/// A mail: headers and body, lines ending in CRLF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(pub String);

impl Message {
    /// The value of a header, unfolded, as it was sent. It has to be there once.
    pub fn header(&self, name: &str) -> String {
        let values = self.headers(name);
        assert_eq!(
            values.len(),
            1,
            "found {values:?}, expected one {name}:\n{}",
            self.0
        );
        values.concat()
    }

    /// The values of all headers of this name.
    pub fn headers(&self, name: &str) -> Vec<String> {
        headers(self.parted().0, name)
    }

    /// Its `Message-ID`.
    pub fn id(&self) -> String {
        self.header("Message-ID")
    }

    /// Its content as plain text.
    pub fn text(&self) -> String {
        self.alternative("text/plain; charset=utf-8")
    }

    /// The same as HTML.
    pub fn html(&self) -> String {
        self.alternative("text/html; charset=utf-8")
    }

    fn alternative(&self, content_type: &str) -> String {
        let kind = self.header("Content-Type");
        let boundary = kind
            .strip_prefix("multipart/alternative; boundary=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or_else(|| panic!("found {kind:?}, expected alternatives"));
        let (body, after) = self
            .parted()
            .1
            .split_once(&format!("--{boundary}--"))
            .expect("the last boundary is there");
        assert_eq!(after.trim(), "", "nothing comes after the last boundary");
        let begins = format!("--{boundary}\r\n");
        let parts = body.split(&begins).skip(1);
        let mut found = parts
            .filter_map(|part| part.split_once("\r\n\r\n"))
            .filter(|(head, _)| headers(head, "Content-Type") == [content_type]);
        let (head, content) = found.next().expect("the alternative is there");
        assert!(found.next().is_none(), "found {content_type} twice");
        assert_eq!(headers(head, "Content-Transfer-Encoding"), ["quoted-printable"]);
        decoded(content)
    }

    fn parted(&self) -> (&str, &str) {
        self.0.split_once("\r\n\r\n").expect("there is a body")
    }
}

fn headers(head: &str, name: &str) -> Vec<String> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pairs = unfolded.split("\r\n").filter_map(|line| line.split_once(':'));
    pairs
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
        .collect()
}

/// Quoted-printable (RFC 2045, 6.7) as text with plain line ends.
fn decoded(content: &str) -> String {
    let joined = content.replace("=\r\n", "").replace("\r\n", "\n");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two hexadecimal digits follow"));
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("it is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "Message-ID: <1@x>\r\nSubject: a\r\n long one\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_1\"\r\n\r\n\
        --=_1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        X-Body: 2 =C3=97 3 =3D 6, =\r\nlonger\r\n\r\n\
        --=_1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p></p>\r\n--=_1--\r\n";

    #[test]
    fn headers_are_found_whatever_their_case_and_only_in_the_head() {
        let message = Message(MESSAGE.to_owned());
        assert_eq!(message.id(), "<1@x>");
        assert_eq!(message.header("subject"), "a long one");
        assert_eq!(message.headers("X-Body"), Vec::<String>::new());
    }

    #[test]
    fn both_alternatives_are_decoded() {
        let message = Message(MESSAGE.to_owned());
        assert_eq!(message.text(), "X-Body: 2 × 3 = 6, longer\n\n");
        assert_eq!(message.html(), "<p></p>\n");
    }
}
