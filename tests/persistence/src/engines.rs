//! The engines: one file each that makes their stores, and the macros that run every contract on all of them.

pub(crate) mod memory;
pub(crate) mod postgres;
pub(crate) mod sqlite;

/// Makes a test of each contract on each engine. A contract takes the store that the engine's function named
/// `$store` makes.
macro_rules! on_every_engine {
    ($store:ident: $($contract:ident),+ $(,)?) => {
        $crate::engines::on_engine!(memory, $store: $($contract),+);
        $crate::engines::on_engine!(sqlite, $store: $($contract),+);
        $crate::engines::on_engine!(postgres, $store: $($contract),+);
    };
}

/// The same for engines that keep an outbox and deliveries: all but the one in memory.
macro_rules! on_every_database {
    ($store:ident: $($contract:ident),+ $(,)?) => {
        $crate::engines::on_engine!(sqlite, $store: $($contract),+);
        $crate::engines::on_engine!(postgres, $store: $($contract),+);
    };
}

macro_rules! on_engine {
    ($engine:ident, $store:ident: $($contract:ident),+) => {
        mod $engine {
            $(
                // More threads than the one of the test: PostgreSQL's migrations block theirs.
                #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
                async fn $contract() {
                    super::$contract($crate::engines::$engine::$store().await).await;
                }
            )+
        }
    };
}

pub(crate) use {on_engine, on_every_database, on_every_engine};
