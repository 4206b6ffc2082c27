//! The names under which a user's status is stored, on every engine.

use accounts_domain::UserStatus;

pub(crate) const fn name_of(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "active",
        UserStatus::Inactive => "inactive",
    }
}

pub(crate) fn status_named(name: &str) -> Option<UserStatus> {
    [UserStatus::Active, UserStatus::Inactive]
        .into_iter()
        .find(|status| name_of(*status) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_statuses_go_both_ways() {
        for status in [UserStatus::Active, UserStatus::Inactive] {
            assert_eq!(status_named(name_of(status)), Some(status));
        }
        assert_eq!(status_named("asleep"), None);
    }
}
