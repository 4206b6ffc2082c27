# What one can do here. `make` alone lists it; docs/CONTRIBUTING.md says how long each target takes.
#
# Needed: Rust's toolchain, a C compiler (SQLite is built from source), make, git, curl and Python 3. Tests need PostgreSQL 14 or newer, of
# which they start a server of their own, and Chromium. Where one of the two is missing, `make test` says so before it builds
# anything: root has it installed, others are given the command.

CARGO ?= cargo
# The one suite that `make test` is to run; all of them when empty.
SUITE ?=
# Kills of a server under `make torture`, and four times as many cuts; `make test` makes three, and ten.
ROUNDS ?= 25
# Runs of the simulation of delivery under `make torture`, each of another seed; `make test` makes 2,000.
SEEDS ?= 1000000
# Histories of installations that age under `make torture`, each of another seed; `make test` runs 12.
HISTORIES ?= 400
# What may be on disk after a loss of power, so many times, under `make torture`; `make test` looks at 200 such images.
IMAGES ?= 5000
# Orders that the demo customers have in all after `make seed`.
ORDERS ?= 60

.PHONY: help run demo check watch test lint fmt doc seed bench torture contract ci
.DEFAULT_GOAL := help

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, and serve on http://127.0.0.1:8080 with the data in ./data
	$(CARGO) run --release --locked --package orderly -- serve

seed: ## fill ./data with demo users and ORDERS (60) orders in every state; again adds nothing
	$(CARGO) run --release --locked --package orderly -- seed --orders $(ORDERS)

demo: ## play an order's whole life against a temporary server, each step with what it shows
	$(CARGO) build --release --locked --package orderly
	@.ci/demo $${CARGO_TARGET_DIR:-target}/release/orderly

check: lint ## the quick check: formatting, lints, and the tests that need neither PostgreSQL nor minutes
	@.ci/test quick

watch: ## run the quick check at each save, by bacon; INSTALL=yes installs that first
	@.ci/watch $(INSTALL)

test: ## run every test, or one suite (SUITE=ordering), and print how long each took
	@.ci/test $(if $(SUITE),suite $(SUITE))

lint: ## check formatting and lints; warnings fail
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings

fmt: ## format the code
	$(CARGO) fmt --all

doc: ## build the code's documentation; broken links fail
	RUSTDOCFLAGS="--deny warnings --allow rustdoc::private-intra-doc-links" $(CARGO) doc --locked --workspace --no-deps --document-private-items

bench: ## measure the promised figures (long, with 5 million orders; ORDERS=100000 took two minutes)
	@.ci/bench

torture: ## kill servers and databases under load, cut connections (ROUNDS=25), simulate delivery (SEEDS=1000000), let installations age (HISTORIES=400), and cut the power (IMAGES=5000)
	@ORDERLY_TORTURE_ROUNDS=$(ROUNDS) ORDERLY_SIMULATION_SEEDS=$(SEEDS) ORDERLY_AGEING_SEEDS=$(HISTORIES) \
		ORDERLY_POWER_CUT_IMAGES=$(IMAGES) .ci/test torture

contract: ## check the contract against the running server (schemathesis, from PyPI)
	$(CARGO) build --locked --package orderly
	.ci/schemathesis target/debug/orderly

ci: lint test doc contract ## every check there is
