//! One connection: the SMTP that mail programs speak (RFC 5321), as far as they need it.

use std::{
    io::{self, BufRead, BufReader, Write},
    mem,
    net::{Shutdown, TcpStream},
};

use crate::{
    Message, Received,
    house_rules::{HouseRules, State},
};

/// The envelope of the next mail.
#[derive(Default)]
struct Announced {
    sender: Option<String>,
    recipients: Vec<String>,
}

/// Speaks until the other side says goodbye or the connection breaks.
pub(crate) fn converse(stream: TcpStream, number: u64, rules: &HouseRules) -> io::Result<()> {
    let came_from = stream.peer_addr()?;
    let mut input = BufReader::new(stream.try_clone()?);
    let mut output = stream;
    let mut answer = |text: &str| {
        rules.hold_back(number);
        output.write_all(format!("{text}\r\n").as_bytes())
    };
    let mut announced = Announced::default();
    answer("220 test mail server")?;
    while let Some(line) = read_line(&mut input)? {
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => answer("250-test mail server\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
            "HELO" => answer("250 test mail server")?,
            "MAIL" => {
                announced = Announced {
                    sender: Some(in_brackets(&line)),
                    recipients: Vec::new(),
                };
                answer("250 ok")?;
            }
            "RCPT" if announced.sender.is_none() => answer("503 MAIL first")?,
            "RCPT" => {
                let address = in_brackets(&line);
                match rules.see(|state| state.refused.get(&address).cloned()) {
                    Some(refusal) => answer(&refusal)?,
                    None => {
                        announced.recipients.push(address);
                        answer("250 ok")?;
                    }
                }
            }
            "DATA" if announced.recipients.is_empty() => answer("503 RCPT first")?,
            "DATA" => {
                answer("354 go on")?;
                if rules.change(State::takes_a_cut) {
                    read_line(&mut input)?;
                    return input.get_ref().shutdown(Shutdown::Both);
                }
                let content = read_mail(&mut input)?;
                let Announced { sender, recipients } = mem::take(&mut announced);
                let received = Received {
                    sender: sender.unwrap_or_default(),
                    recipients,
                    message: Message(content),
                    came_from,
                };
                // What is acknowledged was stored before: a test may see it earlier than this caller.
                rules.change(|state| state.take(received));
                answer("250 taken")?;
            }
            "RSET" => {
                announced = Announced::default();
                answer("250 ok")?;
            }
            "NOOP" => answer("250 ok")?,
            "QUIT" => return answer("221 goodbye"),
            _ => answer("502 not known here")?,
        }
    }
    Ok(())
}

/// A line without its end; `None` at the end of the input.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if input.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A mail up to the line that is a dot; a dot in front of another one is the protocol's.
fn read_mail(input: &mut impl BufRead) -> io::Result<String> {
    let mut content = String::new();
    loop {
        let line = read_line(input)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if line == "." {
            return Ok(content);
        }
        content.push_str(line.strip_prefix('.').unwrap_or(&line));
        content.push_str("\r\n");
    }
}

/// The address between `<` and `>`.
fn in_brackets(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}
