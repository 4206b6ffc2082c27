//! Lists, page by page.

/// Which part of a list is asked for; `P` is a position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest<P> {
    /// At most so many.
    pub limit: u32,
    /// Those after this position; from the beginning without one.
    pub after: Option<P>,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, P> {
    /// What is on it.
    pub data: Vec<T>,
    /// The position after which the next page begins; nothing, when this is the last one.
    pub next: Option<P>,
}

impl<T, P> Page<T, P> {
    /// The page of at most `limit` things that begins `data`, each at its `place` in the list; one thing more means that
    /// another page follows.
    pub fn of(mut data: Vec<T>, limit: u32, place: impl Fn(&T) -> P) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = data.len() > limit;
        data.truncate(limit);
        let next = data.last().filter(|_| more).map(place);
        Self { data, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(things: u32, limit: u32) -> Page<u32, u32> {
        Page::of((1..=things).collect(), limit, |thing| *thing)
    }

    #[test]
    fn one_thing_more_than_the_page_holds_says_that_another_page_follows_the_last_on_it() {
        let page = page_of(4, 3);
        assert_eq!((page.data, page.next), (vec![1, 2, 3], Some(3)));
    }

    #[test]
    fn a_page_that_holds_all_there_is_has_no_next_one() {
        for things in [0, 2, 3] {
            let page = page_of(things, 3);
            assert_eq!((page.data.len(), page.next), (things as usize, None));
        }
    }
}
