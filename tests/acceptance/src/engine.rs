//! The engines that an installation can run on, and the macro that runs a test on each of them.

/// What an installation keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Files in its folder.
    Sqlite,
    /// A database of its own on the server that `ORDERLY_TEST_POSTGRES_URL` names.
    Postgres,
}

/// Makes a test of each function on each engine, so that a failure says where:
/// `life::postgres::customers_do_not_ship_or_deliver_their_own_orders`. The function takes the engine.
#[macro_export]
macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $crate::on_engine!(Sqlite: $($test),+);
        }
        mod postgres {
            $crate::on_engine!(Postgres: $($test),+);
        }
    };
}

/// The same for one engine.
#[macro_export]
macro_rules! on_engine {
    ($engine:ident: $($test:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::Engine::$engine).await;
            }
        )+
    };
}
