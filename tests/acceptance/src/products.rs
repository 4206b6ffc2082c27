//! What can be ordered: products that staff list when a test first needs them.

use serde_json::{Value, json};

use crate::{Asking, Login, TestApp, answer::text, bodies::LineBody, test_app::email};

/// Who lists products.
const SHOPKEEPER: &str = "shopkeeper";

impl TestApp {
    /// A line of one kettle, which costs USD 19.99.
    pub async fn kettle(&self) -> LineBody {
        self.product("Kettle", "19.99").await
    }

    /// A line of one of the product of this name and price in USD. It is listed, and ordering has applied its event.
    pub async fn product(&self, name: &str, amount: &str) -> LineBody {
        let price = json!({"amount": amount, "currency": "USD"});
        let listed = self.get("/products?limit=100").answer().await.expecting(200);
        let same = |product: &&Value| product["name"] == name && product["unit_price"] == price;
        let found = listed["data"].as_array().unwrap().iter().find(same).cloned();
        let product = match found {
            Some(product) => product,
            None => {
                let sku = format!("P{}-{amount}", listed["data"].as_array().unwrap().len());
                let body = json!({"sku": sku, "name": name, "unit_price": price});
                let product = self.post("/products").by(self.shopkeeper().await).json(&body);
                let product = product.answer().await.expecting(201);
                self.wait_idle();
                let stock = format!("/stock/{}/adjustments", text(&product["id"]));
                let plenty = json!({"delta": 1_000_000, "reason": "enough for every test"});
                let adjusting = self.post(&stock).by(self.shopkeeper().await).json(&plenty);
                adjusting.answer().await.expecting(201);
                product
            }
        };
        LineBody::of_product(&text(&product["id"]), name).at(amount)
    }

    /// A member of staff whom the test has not made itself.
    async fn shopkeeper(&self) -> &Login {
        let log_in = async || {
            let known = self.run_with_input(
                &[
                    "users",
                    "create",
                    "--email",
                    &email(SHOPKEEPER),
                    "--role",
                    "staff",
                    "--password-stdin",
                ],
                crate::PASSWORD,
            );
            // Another app may have made them, of an installation that has moved.
            assert!(
                known.code == 0 || known.stderr.contains("email_already_registered"),
                "{}",
                known.stderr
            );
            self.log_in(SHOPKEEPER).await
        };
        self.shopkeeper.get_or_init(log_in).await
    }
}
