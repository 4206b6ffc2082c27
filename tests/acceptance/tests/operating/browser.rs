//! The pages, clicked through in a real browser that runs no script.

use acceptance::{Browser, Engine, PASSWORD, on_every_engine, steps, test_app::email};

use crate::Stuck;

on_every_engine!(
    an_admin_clicks_from_the_log_in_to_the_log_out,
    the_pages_fit_a_telephone
);

/// A telephone's width.
const NARROW: u32 = 400;

async fn log_in(browser: &Browser, name: &str, password: &str) {
    browser.write("[name=username]", &email(name)).await;
    browser.write("[name=password]", password).await;
    browser.click("form.log-in button").await;
}

async fn an_admin_clicks_from_the_log_in_to_the_log_out(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let bob = stuck.app.customer("bob").await;
    stuck.mail.refuse_for_good(&bob.email);
    steps::confirmed(&stuck.app, &bob).await;
    stuck.app.wait_idle();
    let browser = Browser::start().await;

    browser.open(&format!("{}/ops", stuck.app.server.url())).await;
    browser.see("Log in").await;
    log_in(&browser, "admin", "a wrong password").await;
    browser.see("The e-mail address or the password is wrong.").await;
    log_in(&browser, "ada", PASSWORD).await;
    browser.see("Found role customer, expected admin.").await;
    log_in(&browser, "admin", PASSWORD).await;
    browser.see("Overview").await;
    for context in ["accounts", "catalog", "ordering", "inventory", "notifications"] {
        browser.see(context).await;
    }
    // How many deliveries, and since when.
    let mail = browser.text_of("tbody tr:has(a.bad)").await;
    assert!(mail.starts_with("notifications.orders ordering 1 for "), "{mail}");

    replay(&stuck, &browser).await;
    discard(&browser).await;
    pause_and_resume(&browser).await;
    look_at_a_story(&stuck, &browser).await;

    browser.click("nav a[href='/ops/actions']").await;
    browser.see("they know <b>already</b>").await;
    let actions = browser.text_of("table").await;
    for part in [&email("admin"), "replay", "discard", "pause", "resume"] {
        assert!(actions.contains(part), "{part} is not in:\n{actions}");
    }
    browser.click("form.who button").await;
    browser.see("For admins.").await;
    browser
        .open(&format!("{}/ops/actions", stuck.app.server.url()))
        .await;
    browser.see("For admins.").await;
}

async fn replay(stuck: &Stuck, browser: &Browser) {
    browser.click("a.bad[href='/ops/dead-letters']").await;
    browser.see("the longest held first").await;
    browser.click("tbody a").await;
    browser.see("OrderConfirmed for notifications.orders").await;
    browser.see("recipient_refused").await;
    browser.see("OrderShipped").await;
    stuck.mail.welcome(&stuck.customer.email);
    browser
        .write(
            "form[action$='/replay'] [name=reason]",
            "the mailbox is there now",
        )
        .await;
    browser.click("form[action$='/replay'] button").await;
    browser.see("What waited behind it follows: one delivery.").await;
    assert_eq!(stuck.steps_told(2), ["confirmed", "shipped"]);
    stuck.app.wait_idle();
}

async fn discard(browser: &Browser) {
    browser.click("nav a[href='/ops/dead-letters']").await;
    browser.click("tbody tr:only-child a").await;
    browser.see("OrderConfirmed for notifications.orders").await;
    // Without a reason the browser does not even send the form.
    browser.click("button.danger").await;
    browser.see("Never apply it.").await;
    browser
        .write(
            "form[action$='/discard'] [name=reason]",
            "they know <b>already</b>",
        )
        .await;
    browser.click("button.danger").await;
    browser
        .see("It is given up for good. Nothing waited behind it.")
        .await;
    browser.click("nav a[href='/ops/dead-letters']").await;
    browser.see("No delivery was given up.").await;
}

async fn pause_and_resume(browser: &Browser) {
    browser.click("nav a[href='/ops']").await;
    browser
        .click("tr:has([action$='notifications.orders/pause']) summary")
        .await;
    browser
        .write(
            "[action$='notifications.orders/pause'] [name=reason]",
            "mail moves",
        )
        .await;
    browser
        .click("[action$='notifications.orders/pause'] button")
        .await;
    browser.see("mail moves").await;
    browser.click("tr:has([action$='/resume']) summary").await;
    browser.click("[action$='/resume'] button").await;
    browser.see_no("paused").await;
}

/// An order's timeline as a picture, which links to its entries.
async fn look_at_a_story(stuck: &Stuck, browser: &Browser) {
    browser.click("nav a[href='/ops/orders']").await;
    browser
        .write("[name=order]", stuck.order["reference"].as_str().unwrap())
        .await;
    browser.click("main button").await;
    browser.see("What happened").await;
    let picture = browser.text_of("svg").await;
    for part in [
        "OrderPlaced",
        "OrderConfirmed",
        "OrderShipped",
        "applied after 2 attempts",
    ] {
        assert!(picture.contains(part), "{part} is not in:\n{picture}");
    }
    browser.click("svg a.good[href^='/ops/dead-letters/']").await;
    browser.see("OrderConfirmed for notifications.orders").await;
    browser.see("succeeded").await;
    browser.click("dd a[href^='/ops/orders/']").await;
    browser.see("What happened").await;
}

async fn the_pages_fit_a_telephone(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let browser = Browser::start().await;
    browser.become_wide(NARROW).await;
    browser.open(&format!("{}/ops", stuck.app.server.url())).await;
    assert!(
        browser.overhang().await <= 0,
        "the log-in is wider than a telephone"
    );
    log_in(&browser, "admin", PASSWORD).await;
    let order = stuck.order["id"].as_str().unwrap();
    for path in [
        "/ops",
        "/ops/dead-letters",
        &format!("/ops/dead-letters/{}", stuck.letter),
        "/ops/orders",
        &format!("/ops/orders/{order}"),
        "/ops/actions",
    ] {
        browser.see("Log out").await;
        browser.open(&format!("{}{path}", stuck.app.server.url())).await;
        assert!(browser.overhang().await <= 0, "{path} is wider than a telephone");
    }
}
