//! The pages, clicked through in a real browser that runs no script.

use acceptance::{Browser, Engine, PASSWORD, on_engine, test_app::email};

use crate::Stuck;

// What the pages show is the same on either engine; the other tests here see to that.
on_engine!(Sqlite: an_admin_clicks_from_the_log_in_to_the_log_out);

/// A telephone's width.
const NARROW: u32 = 400;

async fn log_in(browser: &Browser, name: &str, password: &str) {
    browser.write("[name=username]", &email(name)).await;
    browser.write("[name=password]", password).await;
    browser.click("form.log-in button").await;
}

async fn an_admin_clicks_from_the_log_in_to_the_log_out(engine: Engine) {
    let stuck = Stuck::on(engine).await;
    let page = |path: &str| format!("{}{path}", stuck.app.server.url());
    let browser = Browser::start().await;

    browser.open(&page("/ops")).await;
    browser.see("Log in").await;
    log_in(&browser, "admin", "a wrong password").await;
    browser.see("The e-mail address or the password is wrong.").await;
    log_in(&browser, "ada", PASSWORD).await;
    browser.see("Found role customer, expected admin.").await;
    log_in(&browser, "admin", PASSWORD).await;
    browser.see("Overview").await;
    browser.see("notifications.orders").await;

    browser.click("a.bad[href='/ops/dead-letters']").await;
    browser.see("the longest held first").await;
    browser.click("tbody a").await;
    browser.see("OrderConfirmed for notifications.orders").await;
    browser.see("recipient_refused").await;
    // Without a reason the browser does not even send the form.
    browser.click("button.danger").await;
    browser.see("Never apply it.").await;
    stuck.mail.welcome(&stuck.customer.email);
    browser
        .write(
            "form[action$='/discard'] [name=reason]",
            "they know <b>already</b>",
        )
        .await;
    browser.click("button.danger").await;
    browser.see("It is given up for good.").await;
    browser.see("What waited behind it follows: one delivery.").await;
    assert_eq!(stuck.steps_told(1), ["shipped"]);

    browser.click("a[href='/ops']").await;
    browser
        .click("form[action$='notifications.orders/pause'] button, tr:first-child summary")
        .await;
    browser.write("tr:first-child [name=reason]", "mail moves").await;
    browser.click("tr:first-child form button").await;
    browser.see("mail moves").await;
    browser.click("tr:first-child summary").await;
    browser.click("form[action$='/resume'] button").await;
    browser.see("running").await;

    browser.click("nav a[href='/ops/orders']").await;
    browser
        .write("[name=order]", stuck.order["reference"].as_str().unwrap())
        .await;
    browser.click("main button").await;
    browser.see("What happened").await;
    browser.see("discarded").await;

    for path in [
        "/ops",
        "/ops/dead-letters",
        "/ops/orders",
        &format!("/ops/dead-letters/{}", stuck.letter),
    ] {
        browser.become_wide(NARROW).await;
        browser.open(&page(path)).await;
        browser.see("Log out").await;
        assert!(browser.overhang().await <= 0, "{path} is wider than a telephone");
    }
    browser.open(&page("/ops/actions")).await;
    browser.see("they know <b>already</b>").await;
    let actions = browser.text().await;
    for part in [&email("admin"), "discard", "pause", "resume"] {
        assert!(actions.contains(part), "{part} is not in:\n{actions}");
    }

    browser.click("form.who button").await;
    browser.see("For admins.").await;
    browser.open(&page("/ops/actions")).await;
    browser.see("For admins.").await;
    browser.quit().await;
}
