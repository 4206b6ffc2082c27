//! Guessers are slowed and owners are not locked out, tested through the use cases.

use std::net::{IpAddr, Ipv4Addr};

use message_bus::{Actor, Handles, Unavailable, UseCaseError};

use crate::{
    RegisterUser, Secret, TokenGrant, UserView,
    accounts_under_test::{AccountsUnderTest, PASSWORD},
};

const ADA: &str = "ada@example.com";

fn home() -> IpAddr {
    IpAddr::from([192, 0, 2, 1])
}

fn elsewhere() -> IpAddr {
    IpAddr::from([198, 51, 100, 1])
}

/// One of many addresses.
fn bot(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0x0a00_0000 + number).into()
}

/// The seconds that a caller has to wait; `None` when they were let through.
fn told_to_wait<T>(result: &Result<T, UseCaseError>) -> Option<u32> {
    match result {
        Err(UseCaseError::Unavailable(Unavailable::Throttled { retry_after_seconds })) => {
            Some(*retry_after_seconds)
        }
        _ => None,
    }
}

fn is_granted(result: &Result<TokenGrant, UseCaseError>) -> bool {
    matches!(result, Ok(TokenGrant::Granted(_)))
}

/// Guesses once, and returns how long to wait, if at all.
async fn guess(under_test: &AccountsUnderTest, from: IpAddr, username: &str) -> Option<u32> {
    let result = under_test.log_in_from(Some(from), username, "wrong").await;
    assert!(!is_granted(&result));
    told_to_wait(&result)
}

#[tokio::test]
async fn of_10_000_guesses_at_one_password_few_are_tried_and_the_owner_is_back_within_a_minute() {
    let under_test = AccountsUnderTest::new();
    under_test.ada().await;
    let before = under_test.passwords.comparisons();
    let mut waits = Vec::new();
    for _ in 0..20 {
        for _ in 0..500 {
            waits.extend(guess(&under_test, home(), ADA).await);
        }
        under_test.clock.advance_seconds(1);
    }
    // 20 at once, and one more in the 20 seconds that it took.
    assert_eq!(waits.len(), 10_000 - 21);
    assert_eq!(
        under_test.passwords.comparisons() - before,
        21,
        "whoever is told to wait costs no comparison"
    );
    assert!(
        waits.iter().all(|wait| (1..=10).contains(wait)),
        "{:?}",
        waits.last()
    );

    let from_elsewhere = under_test.log_in_from(Some(elsewhere()), ADA, PASSWORD).await;
    assert!(is_granted(&from_elsewhere), "{from_elsewhere:?}");
    let wait = i64::from(*waits.last().unwrap());
    under_test.clock.advance_seconds(wait);
    let from_home = under_test.log_in_from(Some(home()), ADA, PASSWORD).await;
    assert!(is_granted(&from_home), "{from_home:?}");
}

#[tokio::test]
async fn guesses_from_a_thousand_networks_are_slowed_and_the_owner_is_let_in_from_where_they_are_known() {
    let under_test = AccountsUnderTest::new();
    under_test.ada().await;
    assert!(is_granted(
        &under_test.log_in_from(Some(home()), ADA, PASSWORD).await
    ));
    let before = under_test.passwords.comparisons();
    for number in 0..1_000 {
        guess(&under_test, bot(number), ADA).await;
    }
    assert_eq!(under_test.passwords.comparisons() - before, 50);

    let from_home = under_test.log_in_from(Some(home()), ADA, PASSWORD).await;
    assert!(is_granted(&from_home), "{from_home:?}");
    let wait = told_to_wait(&under_test.log_in_from(Some(elsewhere()), ADA, PASSWORD).await).unwrap();
    under_test.clock.advance_seconds(i64::from(wait));
    let later = under_test.log_in_from(Some(elsewhere()), ADA, PASSWORD).await;
    assert!(is_granted(&later), "{later:?}");
}

#[tokio::test]
async fn being_known_lasts_30_days_and_gives_no_more_guesses_than_anybody_has_from_one_network() {
    let under_test = AccountsUnderTest::new();
    under_test.ada().await;
    assert!(is_granted(
        &under_test.log_in_from(Some(home()), ADA, PASSWORD).await
    ));
    let mut tried = 0;
    while guess(&under_test, home(), ADA).await.is_none() {
        tried += 1;
    }
    assert_eq!(tried, 20);

    under_test.clock.advance_seconds(30 * 24 * 60 * 60);
    for number in 0..50 {
        assert_eq!(guess(&under_test, bot(number), ADA).await, None);
    }
    let from_home = under_test.log_in_from(Some(home()), ADA, PASSWORD).await;
    assert!(told_to_wait(&from_home).is_some(), "{from_home:?}");
}

#[tokio::test]
async fn one_password_tried_on_many_accounts_is_stopped_by_the_network() {
    let under_test = AccountsUnderTest::new();
    let mut tried = 0;
    for number in 0..1_000 {
        let username = format!("user{number}@example.com");
        tried += u32::from(guess(&under_test, home(), &username).await.is_none());
    }
    assert_eq!(tried, 100);
    assert_eq!(guess(&under_test, elsewhere(), ADA).await, None, "others go on");
    assert!(
        guess(&under_test, home(), "no address").await.is_some(),
        "what is no address has its network's bucket"
    );
}

#[tokio::test]
async fn those_who_know_their_passwords_are_hardly_ever_told_to_wait() {
    let under_test = AccountsUnderTest::new();
    under_test.ada().await;
    for number in 0..900 {
        let result = under_test.log_in_from(Some(home()), ADA, PASSWORD).await;
        assert!(is_granted(&result), "log-in {number}: {result:?}");
    }
}

#[tokio::test]
async fn whether_there_is_an_account_shows_in_no_wait() {
    let under_test = AccountsUnderTest::new();
    under_test.ada().await;
    for number in 0..60 {
        let mut waits = Vec::new();
        for username in [ADA, "ADA@example.com", "nobody@example.com", "NOBODY@example.com"] {
            waits.push(guess(&under_test, bot(number), username).await);
        }
        assert_eq!(waits[..2], waits[2..], "guess {number}");
        assert_eq!(
            waits[1].is_some(),
            number >= 25,
            "another case is the same account"
        );
    }
}

async fn register(
    under_test: &AccountsUnderTest,
    from: IpAddr,
    email: &str,
    password: &str,
) -> Result<UserView, UseCaseError> {
    let command = RegisterUser {
        email: email.parse().unwrap(),
        password: Secret::new(password.to_owned()),
        caller_address: Some(from),
    };
    under_test
        .accounts
        .send(command, under_test.meta(Actor::Anonymous))
        .await
}

#[tokio::test]
async fn a_network_registers_200_at_once_and_then_5_a_second() {
    let under_test = AccountsUnderTest::new();
    for number in 0..200 {
        let email = format!("user{number}@example.com");
        register(&under_test, home(), &email, PASSWORD).await.unwrap();
    }
    let one_more = register(&under_test, home(), ADA, PASSWORD).await;
    assert_eq!(told_to_wait(&one_more), Some(1));
    register(&under_test, elsewhere(), ADA, PASSWORD).await.unwrap();
    under_test.clock.advance_seconds(1);
    for number in 200..205 {
        let email = format!("user{number}@example.com");
        register(&under_test, home(), &email, PASSWORD).await.unwrap();
    }
    let one_more = register(&under_test, home(), "bob@example.com", PASSWORD).await;
    assert_eq!(told_to_wait(&one_more), Some(1));
}

#[tokio::test]
async fn whether_an_address_is_taken_can_be_asked_ten_times_from_wherever() {
    let under_test = AccountsUnderTest::new();
    let mut asked = 0;
    for number in 0..30 {
        let result = register(&under_test, bot(number), ADA, PASSWORD).await;
        asked += u32::from(told_to_wait(&result).is_none());
    }
    assert_eq!(asked, 10);
}

#[tokio::test]
async fn a_registration_that_the_password_rules_refuse_costs_nothing() {
    let under_test = AccountsUnderTest::new();
    for _ in 0..30 {
        let result = register(&under_test, home(), ADA, "short").await;
        assert_eq!(told_to_wait(&result), None);
    }
    register(&under_test, home(), ADA, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_attempt_that_could_not_be_made_costs_nothing_and_one_given_up_costs_a_failure() {
    let throttle = super::LogInThrottle::default();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let admit = || throttle.admit(Some(home()), ADA, now);
    for _ in 0..1_000 {
        let busy = Unavailable::Busy {
            retry_after_seconds: 1,
        };
        throttle.record_result(admit().unwrap(), &Err(busy.into()));
    }
    for _ in 0..20 {
        drop(admit().unwrap());
    }
    assert!(admit().is_err());
}
