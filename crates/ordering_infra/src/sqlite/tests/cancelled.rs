//! Orders that were cancelled before there were codes.

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use ordering_app::VisibleTo;
use shared_kernel::OrderId;
use uuid::Uuid;

use crate::{sqlite::order_tables::read, test_cancelled_orders::CANCELLED};

const BEFORE: [&str; 2] = [
    include_str!("../../../../../migrations/ordering/sqlite/2026-11-21-000001_orders/up.sql"),
    include_str!("../../../../../migrations/ordering/sqlite/2026-11-28-000004_custom_lines/up.sql"),
];
const SINCE: [&str; 2] = [
    include_str!("../../../../../migrations/ordering/sqlite/2026-11-28-000005_cancellation_code/up.sql"),
    include_str!("../../../../../migrations/ordering/sqlite/2026-11-28-000006_lines_without_stock/up.sql"),
];

#[test]
fn what_was_cancelled_before_there_were_codes_is_read_as_what_it_was() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.batch_execute(&BEFORE.concat()).unwrap();
    for (number, order) in CANCELLED.iter().enumerate() {
        let id = format!("x'{:032x}'", number + 1);
        connection
            .batch_execute(&order.insert(number, &id, "1767225600000000"))
            .unwrap();
    }
    connection.batch_execute(&SINCE.concat()).unwrap();
    for (order, number) in CANCELLED.iter().zip(1..) {
        let id = OrderId::new(Uuid::from_u128(number));
        order.is(read(id, VisibleTo::Everyone, &mut connection).unwrap().unwrap());
    }
}
