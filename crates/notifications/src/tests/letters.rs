//! The letters, as a reader sees them.

use serde_json::json;

use super::*;

/// A letter's text and markup, without styles.
fn without_styles(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap();
    let mut parts = body.split(" style=\"");
    let first = parts.next().unwrap().to_owned();
    first
        + &parts
            .map(|part| part.split_once('"').unwrap().1)
            .collect::<String>()
}

/// The same, without the tables around it, which are the same for all letters.
fn letter(html: &str) -> String {
    let whole = without_styles(html);
    let (_, letter) = whole
        .split_once("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\">\n<tr><td>\n")
        .unwrap();
    letter
        .rsplit_once("\n</td></tr>\n</table>\n</td></tr>")
        .unwrap()
        .0
        .to_owned()
}

#[tokio::test]
async fn an_order_is_confirmed() {
    let office = PostOffice::that_knows_ada().await;
    let mail = office.mail_about::<OrderConfirmed>(sample(CONFIRMED)).await;
    insta::assert_snapshot!(mail.text, @"
    Order 7K3M-9QXD confirmed

    Hello,

    Thank you for your order. We have it, and we are getting it ready.

    2 x Teapot
        USD 19.99 each, USD 39.98 together

    Total: USD 39.98

    It goes to:
        12 St James Square
        London
        SW1Y 4JH
        GB

    We write to you again when it is on its way.

    -- 
    You get this mail because an order was placed with this address.
    ");
    insta::assert_snapshot!(without_styles(&mail.html), @r##"
    >
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
    <tr><td align="center">
    <table role="presentation" cellpadding="0" cellspacing="0">
    <tr><td>
    <h1>Order 7K3M-9QXD confirmed</h1>
    <p>Hello,</p>
    <p>Thank you for your order. We have it, and we are getting it ready.</p>
    <table>
    <tr><td>Teapot<br><span>2 × USD 19.99</span></td><td>USD 39.98</td></tr>
    <tr><td>Total</td><td>USD 39.98</td></tr>
    </table>
    <p><span>It goes to</span><br>
    12 St James Square<br>
    London<br>
    SW1Y 4JH<br>
    GB</p>
    <p>We write to you again when it is on its way.</p>
    </td></tr>
    </table>
    </td></tr>
    <tr><td>You get this mail because an order was placed with this address.</td></tr>
    </table>
    </body>
    </html>
    "##);
}

#[tokio::test]
async fn an_order_is_shipped() {
    let office = PostOffice::that_knows_ada().await;
    let mail = office.mail_about::<OrderShipped>(sample(SHIPPED)).await;
    insta::assert_snapshot!(mail.text, @"
    Order 7K3M-9QXD shipped

    Hello,

    Your order has left us and is on its way to you.

    Carrier: Royal Mail
    Tracking number: RM123456789GB

    The carrier can tell you with this number where it is.

    -- 
    You get this mail because an order was placed with this address.
    ");
    insta::assert_snapshot!(letter(&mail.html), @r##"
    <h1>Order 7K3M-9QXD shipped</h1>
    <p>Hello,</p>
    <p>Your order has left us and is on its way to you.</p>
    <table>
    <tr><td><span>Carrier</span><br><strong>Royal Mail</strong></td></tr>
    <tr><td><span>Tracking number</span><br><strong>RM123456789GB</strong></td></tr>
    </table>
    <p>The carrier can tell you with this number where it is.</p>
    "##);
}

#[tokio::test]
async fn an_order_is_cancelled_for_want_of_stock() {
    let office = PostOffice::that_knows_ada().await;
    let mail = office.mail_about::<OrderCancelled>(sample(CANCELLED)).await;
    insta::assert_snapshot!(mail.text, @"
    Order 7K3M-9QXD cancelled

    Hello,

    We are sorry: we do not have enough of what you ordered, so we had to cancel your order.

    What was short:
        Teapot: you ordered 2 and one is left

    Nothing will be sent to you.

    -- 
    You get this mail because an order was placed with this address.
    ");
    insta::assert_snapshot!(letter(&mail.html), @r##"
    <h1>Order 7K3M-9QXD cancelled</h1>
    <p>Hello,</p>
    <p>We are sorry: we do not have enough of what you ordered, so we had to cancel your order.</p>
    <p><span>What was short</span><br>
    Teapot: you ordered 2 and one is left</p>
    <p>Nothing will be sent to you.</p>
    "##);
}

#[tokio::test]
async fn an_order_is_cancelled_because_somebody_asked() {
    let office = PostOffice::that_knows_ada().await;
    let mut event = sample(CANCELLED);
    event["shortages"] = json!([]);
    event["code"] = json!("on_request");
    for (reason, told) in [
        (
            "on_request",
            "\n\nYour order was cancelled, as was asked for.\n\n",
        ),
        (
            "Too late for the party",
            "\n\nYour order was cancelled.\n\nReason: Too late for the party\n\n",
        ),
        (
            "out_of_stock",
            "\n\nYour order was cancelled.\n\nReason: out_of_stock\n\n",
        ),
    ] {
        event["reason"] = json!(reason);
        let mut from_before_codes = event.clone();
        from_before_codes.as_object_mut().unwrap().remove("code");
        for event in [event.clone(), from_before_codes] {
            let mail = office.mail_about::<OrderCancelled>(event).await;
            assert!(mail.text.contains(told), "{}", mail.text);
            assert!(!mail.text.contains("What was short"), "{}", mail.text);
        }
    }
}

#[tokio::test]
async fn an_event_from_before_there_were_codes_and_names_still_says_what_was_short() {
    let office = PostOffice::that_knows_ada().await;
    let mut event = sample(CANCELLED);
    event.as_object_mut().unwrap().remove("code");
    event["shortages"][0]
        .as_object_mut()
        .unwrap()
        .remove("product_name");
    let mail = office.mail_about::<OrderCancelled>(event).await;
    assert!(mail.text.contains("We are sorry"), "{}", mail.text);
    let by_id = "You ordered 2 and one is left (product 0197b2c4-6d00-7000-8000-000000000020)";
    assert!(mail.text.contains(by_id), "{}", mail.text);
}

#[tokio::test]
async fn lines_prices_and_the_address_are_there_in_both_alternatives() {
    let office = PostOffice::that_knows_ada().await;
    let mut event = sample(CONFIRMED);
    event["lines"][0]["quantity"] = json!(3);
    event["total"]["amount"] = json!("59.97");
    event["shipping_address"]["state"] = json!("Greater London");
    let mail = office.mail_about::<OrderConfirmed>(event).await;
    for expected in [
        "Order 7K3M-9QXD confirmed",
        "Teapot",
        "USD 19.99",
        "USD 59.97",
        "12 St James Square",
        "London",
        "Greater London",
        "SW1Y 4JH",
        "GB",
    ] {
        assert!(mail.text.contains(expected), "{expected}: {}", mail.text);
        assert!(mail.html.contains(expected), "{expected}: {}", mail.html);
    }
}
