//! Which refusals of a mail server are final.
//!
//! A refusal is final when it is about the recipient or this very mail: trying again would end the same way, and an operator has to act. A
//! refusal about us (a log-in, our address, our reputation) or about the server is not: the fault is repaired in one place, and then every
//! mail that waited is sent.

use std::error::Error;

/// A step of the conversation about one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Connecting, TLS, greeting, logging in.
    Greeting,
    /// What concerns only us: the sender, and that a mail follows.
    Sender,
    /// The recipient.
    Recipient,
    /// The mail itself.
    Content,
}

/// Answers about a recipient or their mailbox: a malformed address (501, 553), no such mailbox (550), not here (551), a mailbox or a mail
/// too large (552), a parameter that this address needs (555), a domain that takes no mail (556).
const ABOUT_THE_RECIPIENT: [u16; 7] = [501, 550, 551, 552, 553, 555, 556];
/// Answers about the mail itself: the same, and that its content was refused (554).
const ABOUT_THE_MAIL: [u16; 6] = [550, 551, 552, 553, 554, 556];
/// How an enhanced code begins that refuses by a policy because of the sender rather than the recipient (RFC 3463, 3.8).
const BY_POLICY: &str = "5.7.";

/// Whether a mail that failed with this at that step need not be tried again.
pub(super) fn is_for_good(at: Step, error: &lettre::transport::smtp::Error) -> bool {
    let Some(code) = error.status() else { return false };
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    final_answer(at, u16::from(code), &said)
}

fn final_answer(at: Step, code: u16, said: &str) -> bool {
    match at {
        Step::Greeting | Step::Sender => false,
        Step::Recipient => ABOUT_THE_RECIPIENT.contains(&code) && !said.starts_with(BY_POLICY),
        Step::Content => ABOUT_THE_MAIL.contains(&code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_refused_for_good_by_what_is_about_them() {
        for code in [501, 550, 551, 552, 553, 555, 556] {
            assert!(final_answer(Step::Recipient, code, "no such user here"), "{code}");
            assert!(
                final_answer(Step::Recipient, code, "5.1.1 no such user here"),
                "{code}"
            );
        }
    }

    #[test]
    fn what_is_about_us_is_tried_again() {
        for code in [
            421, 450, 451, 452, 454, 500, 502, 503, 504, 521, 530, 534, 535, 538, 554,
        ] {
            assert!(!final_answer(Step::Recipient, code, ""), "{code}");
        }
        assert!(!final_answer(Step::Recipient, 550, "5.7.1 relaying denied"));
        for code in [501, 535, 550, 553, 554] {
            assert!(!final_answer(Step::Greeting, code, ""), "{code}");
            assert!(!final_answer(Step::Sender, code, ""), "{code}");
        }
    }

    #[test]
    fn a_mail_that_was_read_and_not_liked_is_refused_for_good() {
        for code in [550, 552, 554] {
            assert!(
                final_answer(Step::Content, code, "5.7.1 looks like spam"),
                "{code}"
            );
        }
        for code in [421, 451, 452, 530] {
            assert!(!final_answer(Step::Content, code, ""), "{code}");
        }
    }
}
