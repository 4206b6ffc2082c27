//! What a pending order may keep, tested at each boundary.

use shared_kernel::{LineStock, Quantity, Refusal};

use super::*;
use crate::{CustomerStatus, ProductStatus};

const TEAPOT: &str = "0197b2c4-6d00-7000-8000-000000000020";
const KETTLE: &str = "0197b2c4-6d00-7000-8000-000000000021";

fn usd(amount: &str) -> Money {
    Money::parse(amount, Currency::Usd).unwrap()
}

fn entry(product_id: &str, list_price: Money, status: ProductStatus) -> PriceListEntry {
    PriceListEntry {
        product_id: product_id.parse().unwrap(),
        name: "Teapot".to_owned(),
        list_price,
        status,
    }
}

fn listed(list_price: &str) -> PriceListEntry {
    entry(TEAPOT, usd(list_price), ProductStatus::Listed)
}

fn a_line(number: u8, product_id: &str, unit_price: &str) -> OrderLine {
    OrderLine {
        id: format!("0197b2c4-6d00-7000-8000-0000000000{number:02}")
            .parse()
            .unwrap(),
        product_id: product_id.parse().unwrap(),
        product_name: "Teapot".to_owned(),
        quantity: Quantity::new(1).unwrap(),
        unit_price: usd(unit_price),
        kind: LineKind::Listed,
        stock: LineStock::Asked,
    }
}

fn customer(tier: CustomerTier, status: CustomerStatus) -> Customer {
    let id = "0197b2c4-6d00-7000-8000-00000000000a".parse().unwrap();
    let mut customer = Customer::register(id, "ada@example.com".parse().unwrap());
    customer.set_tier(tier);
    if status == CustomerStatus::Closed {
        customer.close();
    }
    customer
}

fn terms<'a>(customer: Option<&'a Customer>, price_list: &'a [PriceListEntry]) -> Terms<'a> {
    Terms {
        currency: Currency::Usd,
        customer,
        price_list,
        custom_lines: CustomLines::Refused,
    }
}

#[test]
fn a_line_is_compared_with_what_its_customer_would_pay_today() {
    let list = [listed("20.00")];
    let silver = customer(CustomerTier::Silver, CustomerStatus::Open);
    for (customer, unit_price, allowed) in [
        (None, "20.00", true),
        (None, "19.99", false),
        // A lower price is a change as well: the order states what is paid.
        (None, "20.01", false),
        (Some(&silver), "19.00", true),
        (Some(&silver), "20.00", false),
    ] {
        let result = terms(customer, &list).allow(&[a_line(1, TEAPOT, unit_price)]);
        assert_eq!(result.is_ok(), allowed, "{unit_price}: {result:?}");
    }
}

#[test]
fn staff_do_not_get_another_price_than_the_lists_by_confirming() {
    let list = [listed("20.00")];
    let by_staff = Terms {
        custom_lines: CustomLines::Allowed,
        ..terms(None, &list)
    };
    let result = by_staff.allow(&[a_line(1, TEAPOT, "19.00")]);
    assert!(matches!(result, Err(OrderError::PricesChanged(_))), "{result:?}");
}

#[test]
fn another_currency_is_another_price() {
    let list = [entry(
        TEAPOT,
        Money::parse("20.00", Currency::Eur).unwrap(),
        ProductStatus::Listed,
    )];
    let result = terms(None, &list).allow(&[a_line(1, TEAPOT, "20.00")]);
    assert!(matches!(result, Err(OrderError::PricesChanged(_))), "{result:?}");
}

#[test]
fn a_delisted_product_is_refused_but_to_staff_who_may_order_it_by_its_name_and_price() {
    let list = [entry(TEAPOT, usd("20.00"), ProductStatus::Delisted)];
    let lines = [a_line(1, TEAPOT, "20.00")];
    let result = terms(None, &list).allow(&lines);
    assert!(
        matches!(result, Err(OrderError::UnknownProducts(_))),
        "{result:?}"
    );
    let by_staff = Terms {
        custom_lines: CustomLines::Allowed,
        ..terms(None, &list)
    };
    assert_eq!(by_staff.allow(&lines), Ok(()));
}

#[test]
fn a_custom_line_is_compared_with_nothing_whatever_the_list_says_of_its_product() {
    let mut line = a_line(1, TEAPOT, "3.00");
    line.kind = LineKind::Custom;
    for list in [
        vec![],
        vec![listed("20.00")],
        vec![entry(TEAPOT, usd("20.00"), ProductStatus::Delisted)],
    ] {
        assert_eq!(terms(None, &list).allow([&line]), Ok(()), "{list:?}");
    }
}

#[test]
fn what_the_price_list_never_had_is_a_custom_line_from_before_lines_said_so() {
    let list = [listed("20.00")];
    assert_eq!(terms(None, &list).allow(&[a_line(1, KETTLE, "3.00")]), Ok(()));
}

#[test]
fn a_closed_customer_is_told_before_anything_else() {
    let closed = customer(CustomerTier::Standard, CustomerStatus::Closed);
    let result = terms(Some(&closed), &[listed("20.00")]).allow(&[a_line(1, TEAPOT, "1.00")]);
    assert!(matches!(result, Err(OrderError::CustomerClosed(_))), "{result:?}");
}

#[test]
fn all_lines_whose_prices_changed_are_told_at_once_and_with_both_prices() {
    let list = [listed("20.00")];
    let lines = [
        a_line(1, TEAPOT, "19.00"),
        a_line(2, TEAPOT, "20.00"),
        a_line(3, KETTLE, "1.00"),
        a_line(4, TEAPOT, "21.00"),
    ];
    let refusal = Refusal::from(terms(None, &list).allow(&lines).unwrap_err());
    assert_eq!(refusal.code, "price_changed");
    let facts: Vec<_> = refusal.facts.0.iter().map(|(name, _)| *name).collect();
    assert_eq!(facts, ["product_id", "given", "current", "lines"]);
    let money = |amount| shared_kernel::Fact::Money(usd(amount));
    assert_eq!(refusal.facts.0[1], ("given", money("19.00")));
    let shared_kernel::Fact::List(told) = &refusal.facts.0[3].1 else {
        panic!("{refusal:?}");
    };
    let told: Vec<_> = told
        .iter()
        .map(|facts| (facts.0[0].clone(), facts.0[2].clone(), facts.0[3].clone()))
        .collect();
    let line = |line: &OrderLine, given| {
        (
            ("line_id", line.id.to_string().into()),
            ("given", money(given)),
            ("current", money("20.00")),
        )
    };
    assert_eq!(told, [line(&lines[0], "19.00"), line(&lines[3], "21.00")]);
}

#[test]
fn what_cannot_be_ordered_is_told_before_what_has_another_price() {
    let list = [
        listed("20.00"),
        entry(KETTLE, usd("1.00"), ProductStatus::Delisted),
    ];
    let lines = [
        a_line(1, TEAPOT, "19.00"),
        a_line(2, KETTLE, "1.00"),
        a_line(3, KETTLE, "1.00"),
    ];
    let error = terms(None, &list).allow(&lines).unwrap_err();
    let OrderError::UnknownProducts(refused) = &error else {
        panic!("{error:?}");
    };
    let ids: Vec<_> = refused.lines().map(|(line_id, _)| *line_id).collect();
    assert_eq!(ids, [lines[1].id, lines[2].id]);
    assert_eq!(Refusal::from(error).code, "unknown_product");
}
