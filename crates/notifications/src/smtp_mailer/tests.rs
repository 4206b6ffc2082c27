//! Sending mails to a real server that behaves in every way in which servers do.

use std::sync::Arc;

use mail_server::MailServer;
use tokio::task::JoinSet;

use super::*;
use crate::test_mails::a_mail;

fn mailer_for(server: &MailServer) -> SmtpMailer {
    let sender = "Orderly <orders@shop.example>".parse().unwrap();
    SmtpMailer::new(server.url().parse().unwrap(), &sender)
}

fn not_now(result: Result<(), MailError>) -> String {
    match result {
        Err(MailError::NotNow(reason)) => reason,
        other => panic!("expected another try, found {other:?}"),
    }
}

fn refused(result: Result<(), MailError>) -> String {
    match result {
        Err(MailError::Refused { reason, .. }) => reason,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = MailServer::start();
    let mailer = mailer_for(&server);
    let mail = a_mail("ada@example.com", 1);
    mailer.send(&mail).await.unwrap();
    let received = &server.received()[0];
    assert_eq!(received.sender, "orders@shop.example");
    assert_eq!(received.recipients, ["ada@example.com"]);
    assert_eq!(received.message.id(), mail.message_id());
    let written = mail.to_message().unwrap().formatted();
    assert_eq!(
        received.message.0.trim_end(),
        String::from_utf8(written).unwrap().trim_end()
    );
}

#[tokio::test]
async fn mails_one_after_the_other_share_a_connection() {
    let server = MailServer::start();
    let mailer = mailer_for(&server);
    for number in 0..5 {
        mailer.send(&a_mail("ada@example.com", number)).await.unwrap();
    }
    assert_eq!((server.received().len(), server.connections_so_far()), (5, 1));
}

#[tokio::test]
async fn many_mails_at_once_share_a_handful_of_connections() {
    let server = MailServer::start();
    let mailer = Arc::new(mailer_for(&server));
    let mut sending = JoinSet::new();
    for number in 0..40 {
        let mailer = Arc::clone(&mailer);
        sending.spawn(async move { mailer.send(&a_mail("ada@example.com", number)).await });
    }
    assert!(sending.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.received().len(), 40);
    assert!(server.connections_so_far() <= CONNECTIONS as u64);
}

#[tokio::test]
async fn a_recipient_who_is_refused_for_good_is_not_tried_again_and_others_get_theirs() {
    let server = MailServer::start();
    server.refuse_for_good("eve@example.com");
    let mailer = mailer_for(&server);
    let reason = refused(mailer.send(&a_mail("eve@example.com", 1)).await);
    assert_eq!(reason, "permanent error (550): 5.1.1 no such user here");
    mailer.send(&a_mail("ada@example.com", 2)).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_recipient_who_is_refused_for_now_is_tried_again() {
    let server = MailServer::start();
    server.refuse_for_now("bob@example.com");
    let mailer = mailer_for(&server);
    let reason = not_now(mailer.send(&a_mail("bob@example.com", 1)).await);
    assert!(
        reason.ends_with("transient error (451): 4.3.0 try again later"),
        "{reason}"
    );
    server.welcome("bob@example.com");
    mailer.send(&a_mail("bob@example.com", 1)).await.unwrap();
}

#[tokio::test]
async fn a_refusal_that_is_about_us_is_tried_again() {
    let server = MailServer::start();
    server.refuse("ada@example.com", "530 5.7.0 log in first");
    let reason = not_now(mailer_for(&server).send(&a_mail("ada@example.com", 1)).await);
    assert!(reason.contains("log in first"), "{reason}");
}

#[tokio::test]
async fn a_server_that_says_too_much_is_not_quoted_in_full() {
    let server = MailServer::start();
    server.refuse("ada@example.com", &format!("550 5.1.1 {}", "no ".repeat(250)));
    let reason = refused(mailer_for(&server).send(&a_mail("ada@example.com", 1)).await);
    assert_eq!(reason.chars().count(), LONGEST_REASON);
}

#[tokio::test]
async fn an_address_in_another_script_arrives() {
    let server = MailServer::start();
    mailer_for(&server)
        .send(&a_mail("δοκιμή@example.com", 1))
        .await
        .unwrap();
    assert_eq!(server.received()[0].recipients, ["δοκιμή@example.com"]);
}

#[tokio::test]
async fn hostile_addresses_reach_the_server_as_one_recipient_or_not_at_all() {
    let server = MailServer::start();
    let mailer = mailer_for(&server);
    let addresses = [
        "\"a b\"@example.com",
        "\"x>\"@example.com",
        "\"eve@evil.example,\"@example.com",
        "\"<script>alert(1)</script>\"@example.com",
        "a'b=c/d?e{f}|g~h!#$%&*+`^@example.com",
    ];
    for (number, address) in (0..).zip(addresses) {
        let before = server.received().len();
        match mailer.send(&a_mail(address, number)).await {
            Ok(()) => {
                let received = server.received();
                assert_eq!(received.len(), before + 1, "{address}");
                assert_eq!(received[before].recipients, [address]);
                assert!(received[before].message.headers("Bcc").is_empty(), "{address}");
            }
            Err(error) => {
                refused(Err(error));
                assert_eq!(server.received().len(), before, "{address}");
            }
        }
    }
    assert!(!server.received().is_empty());
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_again_until_it_is_back() {
    let mut server = MailServer::start();
    let mailer = mailer_for(&server);
    mailer.send(&a_mail("ada@example.com", 1)).await.unwrap();
    server.go_down();
    for _ in 0..2 {
        let reason = not_now(mailer.send(&a_mail("ada@example.com", 2)).await);
        assert!(reason.contains("Connection refused"), "{reason}");
    }
    server.come_back();
    mailer.send(&a_mail("ada@example.com", 2)).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn connections_that_broke_while_idle_cost_nobody_a_mail() {
    let server = MailServer::start();
    let mailer = mailer_for(&server);
    for number in 0..3 {
        mailer.send(&a_mail("ada@example.com", number)).await.unwrap();
        server.break_connections();
    }
    assert_eq!((server.received().len(), server.connections_so_far()), (3, 3));
}

#[tokio::test]
async fn a_mail_that_is_cut_off_is_tried_again() {
    let server = MailServer::start();
    server.cut_off_next(1);
    let mailer = mailer_for(&server);
    not_now(mailer.send(&a_mail("ada@example.com", 1)).await);
    assert_eq!(server.received(), []);
    mailer.send(&a_mail("ada@example.com", 1)).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_slow_server_is_waited_for_until_the_deadline_and_its_late_answers_confuse_nobody() {
    let server = MailServer::start();
    let mut mailer = mailer_for(&server);
    mailer.send(&a_mail("ada@example.com", 1)).await.unwrap();
    mailer.deadline = Duration::from_millis(50);
    server.become_slow();
    let reason = not_now(mailer.send(&a_mail("ada@example.com", 2)).await);
    assert!(reason.ends_with("no end of it within 50ms"), "{reason}");
    assert!(
        mailer.idle().is_empty(),
        "a connection was kept that has an answer to come"
    );
    mailer.deadline = DEADLINE;
    server.become_quick();
    server.refuse_for_good("eve@example.com");
    mailer.send(&a_mail("ada@example.com", 2)).await.unwrap();
    refused(mailer.send(&a_mail("eve@example.com", 3)).await);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn tls_is_not_done_without_where_it_was_asked_for() {
    let server = MailServer::start();
    let sender = "orders@shop.example".parse().unwrap();
    let url = format!("{}?tls=required", server.url());
    let mailer = SmtpMailer::new(url.parse().unwrap(), &sender);
    let reason = not_now(mailer.send(&a_mail("ada@example.com", 1)).await);
    assert!(reason.contains("STARTTLS is not supported"), "{reason}");
    assert_eq!(server.received(), []);
}

#[tokio::test]
async fn a_password_that_the_server_does_not_ask_for_is_told_and_not_shown() {
    let server = MailServer::start();
    let url = server.url().replace("smtp://", "smtp://shop:secret@");
    let mailer = SmtpMailer::new(url.parse().unwrap(), &"orders@shop.example".parse().unwrap());
    let reason = not_now(mailer.send(&a_mail("ada@example.com", 1)).await);
    assert!(
        reason.contains("authentication mechanism") && !reason.contains("secret"),
        "{reason}"
    );
}
