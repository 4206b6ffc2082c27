//! Queries: a product, and the products that can be bought.

use message_bus::UseCaseError;
use shared_kernel::{Page, ProductId};

use crate::{Catalog, Product, ProductPosition, catalog::NO_SUCH_PRODUCT, product::folded, store::Stretch};

/// Which part of the list of products is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductsWanted {
    /// Only those whose names begin like this, however they are cased.
    pub name_prefix: String,
    /// At most so many.
    pub limit: u32,
    /// Those after this position; from the beginning without one.
    pub after: Option<ProductPosition>,
}

impl Catalog {
    /// A product, also when it is delisted.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when there is none with this id.
    pub async fn product(&self, id: ProductId) -> Result<Product, UseCaseError> {
        Ok(self.store.product(id).await?.ok_or(NO_SUCH_PRODUCT)?)
    }

    /// A page of the products that can be bought, by name.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn products(
        &self,
        wanted: ProductsWanted,
    ) -> Result<Page<Product, ProductPosition>, UseCaseError> {
        let limit = wanted.limit;
        let data = self.store.listed(Stretch::of(wanted)).await?;
        Ok(Page::of(data, limit, Product::position))
    }
}

impl Stretch {
    fn of(wanted: ProductsWanted) -> Self {
        let prefix = folded(&wanted.name_prefix);
        Self {
            before: after_all_with(&prefix),
            from: prefix,
            after: wanted.after,
            at_most: wanted.limit.saturating_add(1),
        }
    }
}

/// The smallest text that comes after all texts with this prefix; nothing, where there is none.
fn after_all_with(prefix: &str) -> Option<String> {
    let mut next = prefix.to_owned();
    while let Some(last) = next.pop() {
        // Characters in their order, which is that of their bytes; after the last one there is none.
        if let Some(follower) = (last..=char::MAX).nth(1) {
            next.push(follower);
            return Some(next);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_after_a_prefix_comes_after_everything_that_begins_like_it_and_before_all_else() {
        for (prefix, next) in [
            ("tea", Some("teb")),
            ("", None),
            ("a\u{d7ff}", Some("a\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
        ] {
            assert_eq!(after_all_with(prefix).as_deref(), next, "{prefix:?}");
            if let Some(next) = next {
                assert!(format!("{prefix}\u{10ffff}").as_str() < next, "{prefix:?}");
            }
        }
    }
}
