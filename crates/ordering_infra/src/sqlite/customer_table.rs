//! The table `customers`.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into, update,
};
use shared_kernel::CustomerId;
use storage::{ReadError, RowWrite, columns::RowId, sqlite::RowError};

use crate::schema::customers;
use crate::{changes::CustomerChange, customer_row::CustomerRow};

/// Writes a customer, if no other command has changed them since they were loaded.
pub(super) fn write(change: &CustomerChange, connection: &mut SqliteConnection) -> Result<(), RowError> {
    let row = &change.row;
    let RowWrite::Update { loaded_version } = change.write else {
        insert_into(customers::table)
            .values((
                customers::id.eq(row.id),
                customers::email.eq(&row.email),
                customers::tier.eq(&row.tier),
                customers::status.eq(&row.status),
                customers::version.eq(row.version),
            ))
            .execute(connection)?;
        return Ok(());
    };
    let loaded = customers::table
        .filter(customers::id.eq(row.id))
        .filter(customers::version.eq(loaded_version));
    let updated = update(loaded)
        .set((
            customers::email.eq(&row.email),
            customers::tier.eq(&row.tier),
            customers::status.eq(&row.status),
            customers::version.eq(row.version),
        ))
        .execute(connection)?;
    match updated {
        0 => Err(RowError::VersionConflict),
        _ => Ok(()),
    }
}

/// A customer, if there is one with this id.
pub(super) fn read(
    id: CustomerId,
    connection: &mut SqliteConnection,
) -> Result<Option<CustomerRow>, ReadError> {
    let customer = customers::table
        .find(RowId(id.uuid()))
        .first::<CustomerRow>(connection)
        .optional()?;
    Ok(customer)
}
