//! Commands that are decided together: one write set, each with its own events and its own delivery's position.

use inventory_domain::reserve;
use message_bus::{CommandMeta, CommitError};
use shared_kernel::{EventId, OrderId, ProductId};

use super::InventoryStore;
use crate::engines::on_every_engine;

on_every_engine!(
    inventory:
    each_event_carries_the_circumstances_of_its_own_command,
    all_positions_move_or_none_does,
);

/// Reserves a unit for each of these, in one unit of work.
async fn reserve_together(
    store: &InventoryStore,
    product: ProductId,
    commands: &[(OrderId, CommandMeta)],
) -> Result<(), CommitError> {
    let mut unit = store.begin(commands[0].1.clone());
    let mut stock = unit.stock().of_products(&[product].into()).await?;
    for (place, (order, meta)) in commands.iter().enumerate() {
        if place > 0 {
            unit.next_command(meta.clone());
        }
        let request = store.request(*order, &[(product, 1)]);
        unit.reservations().save(reserve(request, &mut stock).unwrap());
    }
    for item in stock.into_values() {
        unit.stock().save(item);
    }
    unit.commit(None).await
}

fn first_of(store: &InventoryStore) -> (OrderId, CommandMeta) {
    let order = store.order();
    let meta = CommandMeta {
        causation_id: Some(EventId::new(store.seams.next_id())),
        ..store.reacting(order, 2, 0)
    };
    (order, meta)
}

async fn each_event_carries_the_circumstances_of_its_own_command(store: InventoryStore) {
    // The second is rejected, so that each event is the only one of its type.
    let pot = store.product(1).await;
    let commands = [first_of(&store), first_of(&store)];
    reserve_together(&store, pot, &commands).await.unwrap();
    for ((order, meta), event_type) in commands.iter().zip(["StockReserved", "StockReservationRejected"]) {
        let event = store.history.only(event_type).await;
        assert_eq!(event.data["order_id"], order.to_string());
        assert_eq!(
            (event.command_id, event.correlation_id, event.causation_id),
            (meta.command_id, meta.correlation_id, meta.causation_id)
        );
        assert_eq!(&*event.source, "inventory");
    }
    store.agrees().await;
}

async fn all_positions_move_or_none_does(store: InventoryStore) {
    let pot = store.product(9).await;
    let (known, gap) = (first_of(&store), {
        let order = store.order();
        (order, store.reacting(order, 3, 2))
    });
    reserve_together(&store, pot, std::slice::from_ref(&known))
        .await
        .unwrap();
    let others = [first_of(&store), first_of(&store)];
    let with = |third: (OrderId, CommandMeta)| [others[0].clone(), third, others[1].clone()];
    // Another order's reservation answers the delivery that was applied before.
    let duplicate = (store.order(), known.1);
    let result = reserve_together(&store, pot, &with(duplicate)).await;
    assert!(matches!(result, Err(CommitError::AlreadyApplied)), "{result:?}");
    let result = reserve_together(&store, pot, &with(gap)).await;
    assert!(
        matches!(result, Err(CommitError::DeliveryGap { .. })),
        "{result:?}"
    );
    assert_eq!(store.numbers(pot).await, (9, 1));
    reserve_together(&store, pot, &others).await.unwrap();
    assert_eq!(store.numbers(pot).await, (9, 3));
    store.agrees().await;
}
