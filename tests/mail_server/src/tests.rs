//! The server behaves as it is set, seen by a client that has only its port.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

use crate::MailServer;

struct Caller {
    input: BufReader<TcpStream>,
}

impl Caller {
    fn call(server: &MailServer) -> Self {
        let stream = TcpStream::connect(server.url().trim_start_matches("smtp://")).unwrap();
        Self {
            input: BufReader::new(stream),
        }
    }

    fn say(&mut self, line: &str) {
        let stream = self.input.get_mut();
        stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }

    /// One answer's last line; empty when the connection is broken.
    fn hear(&mut self) -> String {
        loop {
            let mut line = String::new();
            if self.input.read_line(&mut line).unwrap_or(0) == 0 {
                return String::new();
            }
            if line.as_bytes().get(3) == Some(&b' ') {
                return line.trim_end().to_owned();
            }
        }
    }

    fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.hear()[..3].to_owned()
    }
}

#[test]
fn a_mail_is_taken_and_kept_without_the_protocols_dots() {
    let server = MailServer::start();
    let mut caller = Caller::call(&server);
    assert_eq!(caller.hear(), "220 test mail server");
    for (line, code) in [
        ("EHLO here", "250"),
        ("DATA", "503"),
        ("RCPT TO:<ada@example.com>", "503"),
        ("MAIL FROM:<shop@example.com> BODY=8BITMIME", "250"),
        ("DATA", "503"),
        ("RSET", "250"),
        ("RCPT TO:<ada@example.com>", "503"),
        ("MAIL FROM:<shop@example.com>", "250"),
        ("RCPT TO:<ada@example.com>", "250"),
        ("RCPT TO:<bob@example.com>", "250"),
        ("NOOP", "250"),
        ("STARTTLS", "502"),
        ("DATA", "354"),
        ("Message-ID: <1@x>\r\n\r\n..hidden\r\n.", "250"),
        ("QUIT", "221"),
    ] {
        assert_eq!(caller.ask(line), code, "{line}");
    }
    let received = server.wait_for_mails(1);
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].sender, "shop@example.com");
    assert_eq!(received[0].recipients, ["ada@example.com", "bob@example.com"]);
    assert_eq!(received[0].message.0, "Message-ID: <1@x>\r\n\r\n.hidden\r\n");
    assert_eq!(server.connections_so_far(), 1);
}

#[test]
fn recipients_are_refused_as_it_was_told() {
    let server = MailServer::start();
    server.refuse_for_good("eve@example.com");
    server.refuse_for_now("bob@example.com");
    let mut caller = Caller::call(&server);
    caller.hear();
    assert_eq!(caller.ask("MAIL FROM:<shop@example.com>"), "250");
    assert_eq!(caller.ask("RCPT TO:<eve@example.com>"), "550");
    assert_eq!(caller.ask("RCPT TO:<bob@example.com>"), "451");
    server.welcome("bob@example.com");
    assert_eq!(caller.ask("RCPT TO:<bob@example.com>"), "250");
}

#[test]
fn a_mail_is_cut_off_as_often_as_it_was_told() {
    let server = MailServer::start();
    server.cut_off_next(1);
    for expected in ["", "250 taken"] {
        let mut caller = Caller::call(&server);
        caller.hear();
        caller.ask("MAIL FROM:<shop@example.com>");
        caller.ask("RCPT TO:<ada@example.com>");
        assert_eq!(caller.ask("DATA"), "354");
        caller.say("Subject: x\r\n.");
        assert_eq!(caller.hear(), expected);
    }
    assert_eq!(server.received().len(), 1);
}

#[test]
fn while_it_is_slow_nobody_is_answered() {
    let server = MailServer::start();
    server.become_slow();
    let mut callers = [Caller::call(&server), Caller::call(&server)];
    server.wait_for_waiting(2);
    assert_eq!(server.open_connections(), 2);
    server.become_quick();
    for caller in &mut callers {
        assert_eq!(caller.hear(), "220 test mail server");
    }
}

#[test]
fn while_it_is_down_nobody_gets_through_and_then_it_is_back_on_its_port() {
    let mut server = MailServer::start();
    let address = server.url();
    let mut caller = Caller::call(&server);
    caller.hear();
    server.go_down();
    assert_eq!(caller.hear(), "");
    assert!(TcpStream::connect(address.trim_start_matches("smtp://")).is_err());
    server.come_back();
    assert_eq!(server.url(), address);
    assert_eq!(Caller::call(&server).hear(), "220 test mail server");
}

#[test]
fn it_can_go_down_while_it_is_slow() {
    let mut server = MailServer::start();
    server.become_slow();
    let mut caller = Caller::call(&server);
    server.wait_for_waiting(1);
    server.go_down();
    assert_eq!(caller.hear(), "");
}

#[test]
fn a_mail_can_be_taken_whose_answer_is_held_back() {
    let server = MailServer::start();
    server.become_slow_with_next_mail();
    let mut caller = Caller::call(&server);
    caller.hear();
    caller.ask("MAIL FROM:<shop@example.com>");
    caller.ask("RCPT TO:<ada@example.com>");
    caller.ask("DATA");
    caller.say("Subject: x\r\n\r\n.");
    assert_eq!(server.wait_for_mails(1).len(), 1);
    server.wait_for_waiting(1);
    server.become_quick();
    assert_eq!(caller.hear(), "250 taken");
}
