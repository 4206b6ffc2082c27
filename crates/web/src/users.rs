//! Users: registering, one's own account, and what admins do to others'.

use accounts_app::{
    ChangeEmail, ChangePassword, ChangeRole, DeactivateUser, ReactivateUser, RegisterUser, UserView,
};
use actix_web::http::StatusCode;
use message_bus::{Actor, Handles};
use shared_kernel::UserId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body,
    idempotency::carry_out,
    paging::List,
    problem::Problem,
    request::Request,
};

/// POST /users
pub(crate) async fn register(mut request: Request) -> Handled {
    let caller_address = request.caller_address();
    let command = request
        .json(|fields| {
            let email = fields.required("email", body::email_address);
            let password = fields.required("password", body::secret);
            Some(RegisterUser {
                email: email?,
                password: password?,
                caller_address,
            })
        })
        .await?;
    let registered = carry_out(&request, request.accounts(), command, Actor::Anonymous).await?;
    // The one address at which its owner can get it.
    registered.answer(|user| Answer::created(user, user.version, "/api/v1/users/me".to_owned()))
}

/// GET /users?email=
pub(crate) async fn with_email(request: Request, _: Caller) -> Handled {
    let email = request.query(|parameters| parameters.required("email", body::parse_email_address))?;
    Answer::ok(&List::whole(request.accounts().users_with_email(&email).await?))
}

/// GET /users/me
pub(crate) async fn me(request: Request, caller: Caller) -> Handled {
    one(&request.accounts().user(caller.user_id).await?)
}

/// PUT /users/me/email
pub(crate) async fn change_email(mut request: Request, caller: Caller) -> Handled {
    let command = request
        .json(|fields| {
            let email = fields.required("email", body::email_address)?;
            Some(ChangeEmail { email })
        })
        .await?;
    let meta = request.meta(caller.actor())?;
    one(&request.accounts().send(command, meta).await?)
}

/// PUT /users/me/password
pub(crate) async fn change_password(mut request: Request, caller: Caller) -> Handled {
    let command = request
        .json(|fields| {
            let current_password = fields.required("current_password", body::secret);
            let new_password = fields.required("new_password", body::secret);
            Some(ChangePassword {
                current_password: current_password?,
                new_password: new_password?,
                keep_session: Some(caller.session_id),
            })
        })
        .await?;
    let meta = request.meta(caller.actor())?;
    request.accounts().send(command, meta).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// POST /users/{user_id}/deactivate
pub(crate) async fn deactivate(mut request: Request, caller: Caller) -> Handled {
    let user_id = user_id(&request)?;
    request.no_fields().await?;
    let command = DeactivateUser { user_id };
    carry_out(&request, request.accounts(), command, caller.actor())
        .await?
        .answer(one)
}

/// POST /users/{user_id}/reactivate
pub(crate) async fn reactivate(mut request: Request, caller: Caller) -> Handled {
    let user_id = user_id(&request)?;
    request.no_fields().await?;
    let command = ReactivateUser { user_id };
    carry_out(&request, request.accounts(), command, caller.actor())
        .await?
        .answer(one)
}

/// PUT /users/{user_id}/role
pub(crate) async fn change_role(mut request: Request, caller: Caller) -> Handled {
    let user_id = user_id(&request)?;
    let role = request.json(|fields| fields.required("role", body::role)).await?;
    let meta = request.meta(caller.actor())?;
    one(&request
        .accounts()
        .send(ChangeRole { user_id, role }, meta)
        .await?)
}

fn user_id(request: &Request) -> Result<UserId, Problem> {
    request.path_id("user_id", "user")
}

fn one(user: &UserView) -> Handled {
    Answer::one(user, user.version)
}
