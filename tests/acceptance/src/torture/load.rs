//! Clients at work, as long as there is a server and they are not stopped.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{error::Elapsed, timeout},
};

use super::{client, diary::Diary, random::Random, shop::Shop};

/// How long anything that has to happen may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The answers of all clients together so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    /// Answers that acknowledged a write.
    pub(crate) acknowledged: u64,
    /// Answers that were a refusal with a time to retry.
    pub(crate) unavailable: u64,
}

/// The clients, each with its diary, until they are stopped.
pub(crate) struct Load {
    clients: JoinSet<Diary>,
    told: watch::Receiver<Told>,
    stop: watch::Sender<bool>,
}

impl Load {
    /// Sets a client to work for each diary.
    pub(crate) fn begin(shop: &Shop, diaries: Vec<Diary>, random: &mut Random) -> Self {
        let (tell, told) = watch::channel(Told::default());
        let (stop, stopped) = watch::channel(false);
        let (tell, shop) = (Arc::new(tell), Arc::new(shop.clone()));
        let mut clients = JoinSet::new();
        for diary in diaries {
            let random = Random::new(random.next());
            clients.spawn(client::work(
                Arc::clone(&shop),
                diary,
                random,
                Arc::clone(&tell),
                stopped.clone(),
            ));
        }
        Self { clients, told, stop }
    }

    /// The answers of the clients so far.
    pub(crate) fn told(&self) -> Told {
        *self.told.borrow()
    }

    /// Waits until so many writes more were acknowledged.
    ///
    /// # Errors
    /// When that takes too long.
    pub(crate) async fn acknowledges(&mut self, writes: u64) -> Result<(), Elapsed> {
        let enough = self.told().acknowledged + writes;
        self.until(|told| told.acknowledged >= enough).await
    }

    /// Waits until one more request was refused with a time to retry.
    ///
    /// # Errors
    /// When that takes too long.
    pub(crate) async fn is_refused(&mut self) -> Result<(), Elapsed> {
        let before = self.told().unavailable;
        self.until(|told| told.unavailable > before).await
    }

    async fn until(&mut self, condition: impl Fn(&Told) -> bool) -> Result<(), Elapsed> {
        // If all clients are gone, no more answers will come, and their diaries show why.
        timeout(PATIENCE, self.told.wait_for(condition)).await.map(|_| ())
    }

    /// Lets the clients finish what is under way, and takes their diaries.
    pub(crate) async fn end(self) -> Vec<Diary> {
        let _ = self.stop.send(true);
        let finished = timeout(PATIENCE, self.clients.join_all()).await;
        let mut diaries = finished.expect("every request is answered, or its connection ends");
        diaries.sort_by_key(|diary| diary.client);
        diaries
    }
}
