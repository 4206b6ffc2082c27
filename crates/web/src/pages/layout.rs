//! What all pages share: their frame, their times, their forms.

use maud::{DOCTYPE, Markup, html};
use operations::age::Age;
use shared_kernel::Timestamp;

use crate::{operators::Operator, problem::Problem, request::Request};

/// The pages that every page links to, each with its name.
const PLACES: [(&str, &str); 4] = [
    ("/ops", "Overview"),
    ("/ops/dead-letters", "Dead letters"),
    ("/ops/orders", "Orders"),
    ("/ops/actions", "Actions"),
];

/// A page for an operator who is logged in.
pub(super) async fn page(
    request: &Request,
    operator: &Operator,
    title: &str,
    content: &Markup,
) -> Result<Markup, Problem> {
    let user = request.accounts().user(operator.user_id).await?;
    let here = request.http().path();
    let head = html! {
        nav {
            @for (path, name) in PLACES {
                @if path == here {
                    a href=(path) aria-current="page" { (name) }
                } @else {
                    a href=(path) { (name) }
                }
            }
        }
        form.who method="post" action="/ops/log-out" {
            (form_token(request, operator))
            span { (user.email) }
            button.plain { "Log out" }
        }
    };
    Ok(frame(title, &head, content))
}

/// A page for anyone.
pub(super) fn public(title: &str, content: &Markup) -> Markup {
    frame(title, &html! {}, content)
}

/// A page for a refusal.
pub(super) fn refusal(problem: &Problem) -> Markup {
    let content = html! {
        section.notice role="alert" {
            p { (sentence(problem.detail())) }
            p.faint { (problem.code()) }
        }
        p { a href="/ops" { "To the overview" } }
    };
    public("That was not done", &content)
}

fn frame(title: &str, head: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Orderly operations" }
                link rel="icon" href="/ops/files/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/ops/files/style.css";
            }
            body {
                header {
                    a.brand href="/ops" { "Orderly operations" }
                    (head)
                }
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

/// The token field of each form, so that no other site's page can send one.
pub(super) fn form_token(request: &Request, operator: &Operator) -> Markup {
    let token = request.state().operator_sessions.form_token(operator.session_id);
    html! { input type="hidden" name="form_token" value=(token); }
}

/// The field for a reason.
pub(super) fn reason(needed: bool) -> Markup {
    html! {
        label {
            @if needed { "Reason" } @else { "Reason (optional)" }
            input type="text" name="reason" maxlength="500" autocomplete="off" required[needed];
        }
    }
}

/// A point in time, for people to the second.
pub(super) fn time(time: Timestamp) -> Markup {
    html! { time datetime=(time) { (to_the_second(time)) " UTC" } }
}

/// The same where it is already clear that it is UTC.
pub(super) fn to_the_second(time: Timestamp) -> String {
    let exact = time.to_string();
    exact.split('.').next().unwrap_or_default().replace('T', " ")
}

/// How long something has lasted.
pub(super) fn age(request: &Request, since: Timestamp) -> Age {
    Age::at(request.state().clock.now(), since)
}

/// A message that begins with a capital letter and ends with a full stop.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    let sentence = first.unwrap_or_default() + letters.as_str();
    if sentence.ends_with(['.', '!', '?', '…']) {
        sentence
    } else {
        sentence + "."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("found 7, expected 8"), "Found 7, expected 8.");
        assert_eq!(sentence(""), ".");
        assert_eq!(sentence("überall!"), "Überall!");
    }

    #[test]
    fn what_comes_out_of_data_is_escaped() {
        let hostile = "<script>alert(\"1\")</script>&";
        let shown = public(hostile, &html! { p title=(hostile) { (hostile) } }).into_string();
        assert!(!shown.contains("<script"), "{shown}");
        assert!(
            shown.contains("title=\"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;\""),
            "{shown}"
        );
    }
}
