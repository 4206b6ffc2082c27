//! The demo's users: an admin, staff, and ten customers around the world.

use std::io;

use accounts_app::{Accounts, CreateUser, Secret, UserView};
use message_bus::{Actor, Handles, UseCaseError};
use ordering_app::{AddressGiven, OrderFilter, Ordering};
use shared_kernel::{Currency, CustomerId, EmailAddress, IdGenerator, PageRequest, Role, UserId};

use crate::{Contexts, DemoError, Filled, Login};

/// The addresses' domain, under a top-level domain that is reserved for examples: no mail can be delivered there.
const DOMAIN: &str = "demo.example";
/// How many orders a query returns at a time when existing ones are counted.
const PAGE: u32 = 1_000;

const OFFICE: [(&str, Role); 3] = [
    ("admin", Role::Admin),
    ("sam", Role::Staff),
    ("robin", Role::Staff),
];

/// A customer as the demo has them: what they pay in, and where they live.
pub(crate) struct CustomerProfile {
    name: &'static str,
    /// Their currency.
    pub(crate) currency: Currency,
    street: &'static str,
    city: &'static str,
    state: &'static str,
    postal_code: &'static str,
    country: &'static str,
}

#[rustfmt::skip]
const CUSTOMERS: [CustomerProfile; 10] = [
    customer("ada", Currency::Gbp, "12 St James Square", "London", "", "SW1Y 4JH", "GB"),
    customer("grace", Currency::Usd, "1 Navy Yard", "Arlington", "VA", "22202", "US"),
    customer("emmy", Currency::Eur, "Universitaetsstrasse 40", "Erlangen", "", "91054", "DE"),
    customer("srinivasa", Currency::Inr, "14 Sarangapani Street", "Kumbakonam", "TN", "612001", "IN"),
    customer("katherine", Currency::Usd, "100 Nasa Drive", "Hampton", "VA", "23666", "US"),
    customer("alan", Currency::Gbp, "Sherborne Road 2", "Wilmslow", "", "SK9 1BX", "GB"),
    customer("sofia", Currency::Eur, "Norrtullsgatan 5", "Stockholm", "", "113 29", "SE"),
    customer("shakuntala", Currency::Inr, "7 Basavanagudi", "Bengaluru", "KA", "560004", "IN"),
    customer("edsger", Currency::Eur, "Plantage 3", "Nuenen", "", "5671", "NL"),
    customer("barbara", Currency::Usd, "32 Vassar Street", "Cambridge", "MA", "02139", "US"),
];

const fn customer(
    name: &'static str,
    currency: Currency,
    street: &'static str,
    city: &'static str,
    state: &'static str,
    postal_code: &'static str,
    country: &'static str,
) -> CustomerProfile {
    CustomerProfile {
        name,
        currency,
        street,
        city,
        state,
        postal_code,
        country,
    }
}

impl CustomerProfile {
    /// Their address.
    pub(crate) fn address(&self) -> AddressGiven {
        AddressGiven {
            street: self.street.to_owned(),
            city: self.city.to_owned(),
            state: self.state.to_owned(),
            postal_code: self.postal_code.to_owned(),
            country: self.country.to_owned(),
        }
    }
}

/// A demo user, and whether this run created them.
struct DemoUser {
    view: UserView,
    is_new: bool,
}

/// All of them, as the contexts have stored them.
pub struct DemoUsers {
    office: Vec<DemoUser>,
    customers: Vec<(DemoUser, &'static CustomerProfile)>,
}

impl DemoUsers {
    /// Finds each by their address, and creates those that are missing.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn present_or_created(
        contexts: &Contexts<'_>,
        told: &mut impl FnMut(Filled) -> io::Result<()>,
    ) -> Result<Self, DemoError> {
        let mut users = Self {
            office: Vec::new(),
            customers: Vec::new(),
        };
        for (name, role) in OFFICE {
            users
                .office
                .push(present_or_created(contexts, told, name, role).await?);
        }
        for profile in &CUSTOMERS {
            let user = present_or_created(contexts, told, profile.name, Role::Customer).await?;
            users.customers.push((user, profile));
        }
        Ok(users)
    }

    /// How many orders the users have that existed before.
    ///
    /// # Errors
    /// [`UseCaseError`] when ordering does not answer.
    pub async fn orders_from_before(&self, ordering: &Ordering) -> Result<u64, UseCaseError> {
        let mut orders = 0;
        for (user, _) in self.customers.iter().filter(|(user, _)| !user.is_new) {
            orders += count_orders(ordering, user.view.id.into()).await?;
        }
        Ok(orders)
    }

    /// The customers who can order: those whose account is active.
    pub(crate) fn active_customers(&self) -> Vec<(UserId, &'static CustomerProfile)> {
        let active = self.customers.iter().filter(|(user, _)| user.view.active);
        active.map(|(user, profile)| (user.view.id, *profile)).collect()
    }

    /// Who ships orders: the first active member of staff, or else the person at this command line.
    pub(crate) fn sender(&self) -> Actor {
        let staff = self
            .office
            .iter()
            .map(|user| &user.view)
            .find(|user| user.active && user.role == Role::Staff);
        staff.map_or(Actor::Operator, |user| Actor::User {
            id: user.id,
            role: user.role,
        })
    }
}

async fn present_or_created(
    contexts: &Contexts<'_>,
    told: &mut impl FnMut(Filled) -> io::Result<()>,
    name: &str,
    role: Role,
) -> Result<DemoUser, DemoError> {
    let email: EmailAddress = format!("{name}@{DOMAIN}").parse().map_err(DemoError::unfit)?;
    let accounts: &Accounts = contexts.accounts;
    if let Some(view) = accounts.users_with_email(&email).await?.pop() {
        told(Filled::UserPresent).map_err(DemoError::NotTold)?;
        return Ok(DemoUser { view, is_new: false });
    }
    let password = password(contexts.ids);
    let command = CreateUser {
        email,
        password: Secret::new(password.clone()),
        role,
    };
    let meta = contexts.meta();
    let view = accounts.send(command, meta).await?;
    let login = Login {
        email: view.email.clone(),
        role,
        password,
    };
    told(Filled::UserCreated(login)).map_err(DemoError::NotTold)?;
    Ok(DemoUser { view, is_new: true })
}

async fn count_orders(ordering: &Ordering, customer_id: CustomerId) -> Result<u64, UseCaseError> {
    let mut count = 0;
    let mut after = None;
    loop {
        let filter = OrderFilter {
            customer_id: Some(customer_id),
            ..OrderFilter::default()
        };
        let request = PageRequest { limit: PAGE, after };
        let page = ordering.orders(filter, request, &Actor::Operator).await?;
        count += page.data.len() as u64;
        if page.next.is_none() {
            return Ok(count);
        }
        after = page.next;
    }
}

/// Eighty random bits in a form that can be typed: four groups of five hexadecimal digits.
fn password(ids: &dyn IdGenerator) -> String {
    let digits: String = ids
        .random_bytes()
        .iter()
        .take(10)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (first, second) = digits.split_at(digits.len() / 2);
    [first.split_at(5), second.split_at(5)]
        .map(|(left, right)| format!("{left}-{right}"))
        .join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared_kernel::in_memory::CountingIds;

    use super::*;

    #[test]
    fn no_two_passwords_are_alike_and_each_can_be_typed() {
        let ids = CountingIds::default();
        let passwords: BTreeSet<String> = (0..100).map(|_| password(&ids)).collect();
        assert_eq!(passwords.len(), 100);
        for password in passwords {
            let groups: Vec<&str> = password.split('-').collect();
            assert_eq!(
                groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
                [5, 5, 5, 5]
            );
            assert!(
                groups
                    .concat()
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()),
                "{password}"
            );
        }
    }

    #[test]
    fn every_currency_has_a_customer() {
        for currency in Currency::ALL {
            assert!(
                CUSTOMERS.iter().any(|customer| customer.currency == currency),
                "{currency}"
            );
        }
    }
}
