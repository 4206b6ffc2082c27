//! Mails on the wire, also with an attacker's texts in an order.

use serde_json::json;

use super::*;

/// An attacker's text, for every field that callers write.
const HOSTILE: &str = "<script>alert('x')</script>\r\nBcc: eve@evil.example\r\n\r\n.\r\n\"&\u{202e}";

fn wire(mail: &Mail) -> String {
    String::from_utf8(mail.to_message().unwrap().formatted()).unwrap()
}

#[tokio::test]
async fn a_mail_on_the_wire_is_two_alternatives_under_headers_of_ours() {
    let office = PostOffice::that_knows_ada().await;
    let mail = office.mail_about::<OrderConfirmed>(sample(CONFIRMED)).await;
    let wire = wire(&mail);
    let (head, _) = wire.split_once("\r\n\r\n").unwrap();
    insta::assert_snapshot!(head.replace("\r\n", "\n").replace(&mail.event_id.to_string(), "[event]"), @r#"
    From: Orderly <orders@shop.example>
    To: ada@example.com
    Date: Thu, 01 Jan 2026 00:00:00 +0000
    Message-ID: <[event]@shop.example>
    Subject: Order 7K3M-9QXD confirmed
    MIME-Version: 1.0
    Content-Type: multipart/alternative;
     boundary="=_[event]"
    "#);
    assert_eq!(wire.matches(&format!("\r\n--=_{}\r\n", mail.event_id)).count(), 2);
    assert!(wire.is_ascii());
    assert!(
        wire.lines().all(|line| line.len() < 200),
        "lines of the body are short, whatever is in them"
    );
}

#[tokio::test]
async fn what_an_enemy_wrote_stays_text_on_a_line() {
    let office = PostOffice::that_knows_ada().await;
    let (mut confirmed, mut shipped, mut cancelled) = (sample(CONFIRMED), sample(SHIPPED), sample(CANCELLED));
    for event in [&mut confirmed, &mut shipped, &mut cancelled] {
        event["reference"] = json!(HOSTILE);
    }
    confirmed["lines"][0]["product_name"] = json!(HOSTILE);
    for part in ["street", "city", "state", "postal_code", "country"] {
        confirmed["shipping_address"][part] = json!(HOSTILE);
    }
    shipped["carrier"] = json!(HOSTILE);
    shipped["tracking_number"] = json!(HOSTILE);
    cancelled["code"] = json!("on_request");
    cancelled["reason"] = json!(HOSTILE);
    cancelled["shortages"][0]["product_name"] = json!(HOSTILE);
    let mails = [
        office.mail_about::<OrderConfirmed>(confirmed).await,
        office.mail_about::<OrderShipped>(shipped).await,
        office.mail_about::<OrderCancelled>(cancelled).await,
    ];
    for mail in mails {
        assert!(!mail.html.contains("<script"), "{}", mail.html);
        assert!(
            mail.html.contains("&lt;script&gt;alert(&#39;x&#39;)"),
            "{}",
            mail.html
        );
        assert!(!mail.html.contains("\"&amp;"), "{}", mail.html);
        assert!(
            !mail
                .text
                .lines()
                .any(|line| line.starts_with("Bcc") || line == "."),
            "{}",
            mail.text
        );
        assert!(!mail.text.contains('\u{202e}') && !mail.html.contains('\u{202e}'));
        let wire = wire(&mail);
        let (head, _) = wire.split_once("\r\n\r\n").unwrap();
        let names: Vec<_> = head
            .split("\r\n")
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split_once(':').unwrap().0)
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Date",
                "Message-ID",
                "Subject",
                "MIME-Version",
                "Content-Type"
            ]
        );
        assert!(wire.is_ascii());
    }
}

#[tokio::test]
async fn a_boundary_that_an_enemy_guessed_bounds_nothing() {
    let office = PostOffice::that_knows_ada().await;
    let mut event = sample(SHIPPED);
    // Ids count up here, so the next event's id can be computed.
    let next = office
        .delivery("notifications.orders", 1, 0)
        .causation_id
        .unwrap()
        .uuid()
        .as_u128()
        + 2;
    let guessed = format!("--=_{}", uuid::Uuid::from_u128(next));
    event["carrier"] = json!(format!("x\r\n{guessed}\r\nContent-Type: text/html\r\n\r\nEvil"));
    let mail = office.mail_about::<OrderShipped>(event).await;
    assert_eq!(guessed, format!("--=_{}", mail.event_id), "the guess was right");
    assert_eq!(wire(&mail).matches(&guessed).count(), 3);
}
