//! What operators did, and why.

use std::collections::BTreeMap;

use maud::{Markup, html};
use operations::actions::{ActionKind, OperatorAction};

use super::{layout, page};
use crate::{
    answer::Handled,
    endpoint::{Endpoint, GET, operator},
    operators::Operator,
    problem::Problem,
    request::Request,
};

/// How many are shown.
const SHOWN: u32 = 100;

pub(crate) fn actions_page() -> Endpoint {
    operator(GET, "/ops/actions", list).saying("What operators did.")
}

async fn list(request: Request, operator: Operator) -> Handled {
    let actions = request.operations().actions(SHOWN).await?;
    let names = names(&request, &actions).await?;
    let content = html! {
        @if actions.is_empty() {
            p.faint { "No operator did anything yet." }
        } @else {
            p.faint { "The last " (SHOWN) ", the latest first. They are never deleted." }
            table {
                thead { tr { th { "When" } th { "Who" } th { "What" } th { "Why" } } }
                tbody { @for action in &actions { (row(action, &names)) } }
            }
        }
    };
    let list = layout::page(&request, &operator, "Actions", &content).await?;
    Ok(page(&list))
}

fn row(action: &OperatorAction, names: &BTreeMap<String, String>) -> Markup {
    html! {
        tr {
            td data-label="When" { (layout::time(action.at)) }
            td data-label="Who" { (names.get(&action.by).unwrap_or(&action.by)) }
            td data-label="What" {
                @match action.kind {
                    ActionKind::Replay { event_id } | ActionKind::Discard { event_id } => {
                        (action.kind.name()) " "
                        a href={ "/ops/dead-letters/" (action.consumer) ":" (event_id) } { (action.consumer) }
                    }
                    ActionKind::Pause | ActionKind::Resume => { (action.kind.name()) " " (action.consumer) }
                }
            }
            td data-label="Why" { @if action.reason.is_empty() { "–" } @else { (action.reason) } }
        }
    }
}

/// The e-mail addresses of the users among those who acted.
async fn names(request: &Request, actions: &[OperatorAction]) -> Result<BTreeMap<String, String>, Problem> {
    let mut names = BTreeMap::new();
    for action in actions {
        let user_id = action.by.strip_prefix("user:").and_then(|id| id.parse().ok());
        if let Some(user_id) = user_id
            && !names.contains_key(&action.by)
        {
            let user = request.accounts().user(user_id).await?;
            names.insert(action.by.clone(), user.email.to_string());
        }
    }
    Ok(names)
}
