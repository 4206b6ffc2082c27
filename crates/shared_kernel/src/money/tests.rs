//! Amounts from callers are kept exactly, computed amounts are rounded, and nothing wraps.

use proptest::prelude::*;

use super::*;

fn usd(text: &str) -> Money {
    Money::parse(text, Currency::Usd).unwrap()
}

#[test]
fn what_people_give_is_kept_exactly() {
    for (given, kept) in [
        ("0", "0.00"),
        ("1", "1.00"),
        ("1.1", "1.10"),
        ("19.99", "19.99"),
        ("19.990", "19.99"),
        ("1.00000000000000000000000000000000000000", "1.00"),
    ] {
        assert_eq!(usd(given).to_string(), format!("USD {kept}"), "{given}");
    }
}

#[test]
fn more_decimal_places_than_the_currency_has_are_refused() {
    for (text, found) in [
        ("19.999", 3),
        ("0.004", 3),
        ("0.0050", 3),
        ("1.00001", 5),
        // More places than a decimal holds: it would be rounded before the places were counted.
        ("0.00000000000000000000000000000000000001", 38),
    ] {
        for currency in Currency::ALL {
            let refused = MoneyError::TooManyDecimals {
                found,
                allowed: 2,
                currency,
            };
            assert_eq!(Money::parse(text, currency), Err(refused), "{text}");
        }
    }
}

#[test]
fn what_is_computed_is_rounded_half_up_at_two_places() {
    for (factor, product) in [
        ("0.005", "0.01"),
        ("0.004", "0.00"),
        ("2.675", "2.68"),
        ("1", "1.00"),
    ] {
        let computed = usd("1").multiply(factor.parse().unwrap());
        assert_eq!(computed, Ok(usd(product)), "{factor}");
    }
}

#[test]
fn money_that_was_written_with_more_places_is_still_read() {
    let stored = r#"{"amount":"19.995","currency":"USD"}"#;
    assert_eq!(serde_json::from_str::<Money>(stored).unwrap(), usd("20"));
}

#[test]
fn two_currencies_never_mix() {
    let mismatch = MoneyError::CurrencyMismatch {
        left: Currency::Usd,
        right: Currency::Eur,
    };
    let euro = Money::parse("1", Currency::Eur).unwrap();
    assert_eq!(usd("1").add(euro), Err(mismatch.clone()));
    assert_eq!(usd("1").subtract(euro), Err(mismatch));
    assert_ne!(usd("1"), euro);
}

#[test]
fn money_is_never_negative() {
    for text in ["-0.01", "-0.001", "-0.0000000000000000000000000000000000001"] {
        assert_eq!(Money::parse(text, Currency::Usd), Err(MoneyError::Negative));
    }
    assert_eq!(usd("1").subtract(usd("1.01")), Err(MoneyError::Negative));
    assert_eq!(
        usd("1").multiply(Decimal::NEGATIVE_ONE),
        Err(MoneyError::Negative)
    );
    assert_eq!(usd("-0"), Money::zero(Currency::Usd));
}

#[test]
fn overflow_is_an_error() {
    let most = Money::from_minor_units(i64::MAX, Currency::Usd).unwrap();
    assert_eq!(most.add(usd("0.01")), Err(MoneyError::OutOfRange));
    assert_eq!(most.multiply(Decimal::MAX), Err(MoneyError::OutOfRange));
    assert_eq!(most.minor_units(), i64::MAX);
}

#[test]
fn text_that_is_no_plain_number_is_refused() {
    for text in ["", "abc", "1e3", "1_000", " 1", "1,5", "--1", "+1", "0x10", "٣"] {
        assert!(
            matches!(
                Money::parse(text, Currency::Usd),
                Err(MoneyError::InvalidAmount { .. })
            ),
            "{text:?}"
        );
    }
}

#[test]
fn json_carries_the_amount_as_a_string() {
    let json = r#"{"amount":"19.99","currency":"USD"}"#;
    assert_eq!(serde_json::to_string(&usd("19.99")).unwrap(), json);
    assert_eq!(serde_json::from_str::<Money>(json).unwrap(), usd("19.99"));
    assert!(serde_json::from_str::<Money>(r#"{"amount":19.99,"currency":"USD"}"#).is_err());
    assert!(serde_json::from_str::<Money>(r#"{"amount":"1","currency":"XTS"}"#).is_err());
}

proptest! {
    #[test]
    fn minor_units_go_both_ways(units in 0..=i64::MAX) {
        let money = Money::from_minor_units(units, Currency::Inr).unwrap();
        prop_assert_eq!(money.minor_units(), units);
    }

    #[test]
    fn what_is_added_can_be_subtracted(left in 0..i64::MAX / 2, right in 0..i64::MAX / 2) {
        let left = Money::from_minor_units(left, Currency::Gbp).unwrap();
        let right = Money::from_minor_units(right, Currency::Gbp).unwrap();
        prop_assert_eq!(left.add(right).unwrap().subtract(right).unwrap(), left);
    }
}
