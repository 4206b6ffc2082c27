"""The stock rows of .ci/bench: orders that are placed, confirmed and settled over HTTP, on either engine.

wrk places an order, reads its id from the answer, confirms it, and goes on to the next. An order is settled when inventory holds
its stock and ordering has heard of it. There is more stock than can be sold, so every order is to be reserved; the doctor says at the
end whether what is reserved is what the orders hold.
"""

import itertools
import json
import os
import random
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request

import bench_postgres
from throwaway_postgres import ThrowawayPostgres

PRODUCTS = 50
# As much as a product may have.
ON_HAND = 1_000_000_000
# How many baskets there are to place, one at random each time.
BASKETS = 500
ADDRESS = {"street": "12 St James Square", "city": "London", "state": "", "postal_code": "SW1Y 4JH", "country": "GB"}
# For how many seconds delivery may go on after a round.
PATIENCE = 120
# How often is asked whether the last order is settled, in seconds.
LOOK_AGAIN = 0.02
# A connection confirms the order of whichever answer came first: as many confirmations as placed orders, and none for long.
CHAIN = """
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanoseconds; } moment; int clock_gettime(int clock, moment *now);")
local moment = ffi.new("moment")
local function milliseconds()
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1000000
end

local baskets, interval = { BASKETS }, INTERVAL
local measured, place, confirm
local to_confirm, to_hurry = {}, 0
confirmed, refused, asked_at, took = 0, "", {}, {}

function setup(thread)
    measured = thread
end

function init()
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Authorization"] = "Bearer TOKEN"
    place = {}
    for number, basket in ipairs(baskets) do
        place[number] = wrk.format("POST", "/api/v1/orders", nil, basket)
    end
    if interval > 0 then
        wrk.headers["Prefer"] = "wait=10"
    end
    local whole = wrk.format("POST", "/api/v1/orders/ORDER/confirm", nil, [[ADDRESS]])
    confirm = { whole:match("^(.-)ORDER(.*)$") }
end

function request()
    local order = table.remove(to_confirm)
    if not order then
        return place[math.random(#place)]
    end
    asked_at[order] = milliseconds()
    return confirm[1] .. order .. confirm[2]
end

function response(status, headers, body)
    local order = body:match('"id":"([^"]+)"')
    if status == 201 then
        table.insert(to_confirm, order)
        to_hurry = to_hurry + 1
    elseif status == 200 and (interval == 0 or body:find('"allocation":"reserved"', 1, true)) then
        confirmed = confirmed + 1
        if interval > 0 then
            table.insert(took, milliseconds() - asked_at[order])
        end
        asked_at[order] = nil
    else
        refused = status .. " " .. body
    end
end

if interval > 0 then
    local next_at
    -- Orders are placed one after the other; what is placed is confirmed at once.
    function delay()
        if to_hurry > 0 then
            to_hurry = to_hurry - 1
            return 0
        end
        local now = milliseconds()
        local at = next_at or now
        next_at = at + interval
        return math.max(0, math.floor(at - now + 0.5))
    end
end

function done()
    local took = measured:get("took")
    -- Those who still wait have waited for at least so long.
    for _, at in pairs(measured:get("asked_at")) do
        table.insert(took, milliseconds() - at)
    end
    table.sort(took)
    local slow = took[math.ceil(#took * 0.99)] or 0
    print("chain: " .. measured:get("confirmed") .. " " .. slow .. " " .. measured:get("refused"))
end
"""


class Shop:
    """A server with products, and stock of them that does not run out."""

    def __init__(self, bench, server, command):
        self.bench, self.server = bench, server
        self.token = bench.log_in(server)
        self.pair = bench.two_lines(server, command)
        self.staff_token = bench.token_of(server, "staff@example.com")
        prices = [{"amount": f"{number}.99", "currency": "USD"} for number in range(1, PRODUCTS + 1)]
        self.lines = [{"product_id": self.listed(number, price), "unit_price": price} for number, price in enumerate(prices)]
        subprocess.run([*command, "wait-idle", "--timeout", "60"], check=True)
        for line in self.lines:
            self.ask(f"/stock/{line['product_id']}/adjustments", {"delta": ON_HAND, "reason": "delivery"})

    def ask(self, path, body=None):
        """What staff are answered."""
        return self.bench.ask(self.server.url + "/api/v1" + path, body, token=self.staff_token)

    def listed(self, number, price):
        return self.ask("/products", {"sku": f"STOCK-{number}", "name": f"Stock {number}", "unit_price": price})["id"]

    def wait_until_published(self):
        """Waits until every consumer has applied or stored every event: mail takes longer than stock, and is not waited for."""
        pattern = re.compile(r'^orderly_unpublished_events{context="(?:ordering|inventory)"} 0$', re.M)
        figures = ""
        until = time.monotonic() + PATIENCE
        # A figure is missing while its database is too busy to answer.
        while len(pattern.findall(figures)) < 2:
            if time.monotonic() > until:
                raise SystemExit(f"found events that were not delivered after {PATIENCE} s, expected none")
            time.sleep(LOOK_AGAIN)
            with urllib.request.urlopen(self.server.url + "/metrics") as answer:
                figures = answer.read().decode()

    def placing(self):
        """Orders a second that are placed, and stay at that."""
        return self.bench.placing(self.server, self.token, self.pair)[0]

    def reserved(self):
        """How much is reserved in all."""
        return sum(self.ask(f"/stock/{line['product_id']}")["reserved"] for line in self.lines)

    def basket(self, lines):
        """An order of three units in all."""
        quantities = [3] if len(lines) == 1 else [1, 2]
        return {"currency": "USD", "lines": [line | {"quantity": quantity} for line, quantity in zip(lines, quantities)]}

    def chain(self, baskets, rate=0):
        """Orders that were seen to be confirmed, and the milliseconds that the slowest hundredth of them took to be settled: at so
        many orders a second, or as many as can be and not waiting for them to be settled."""
        text = CHAIN.replace("BASKETS", ", ".join(f"[[{json.dumps(basket)}]]" for basket in baskets))
        text = text.replace("INTERVAL", str(1000 / rate if rate else 0)).replace("TOKEN", self.token)
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(text.replace("ADDRESS", json.dumps({"shipping_address": ADDRESS})))
            script.flush()
            command = ["wrk", "-t1", f"-c{self.bench.CONNECTIONS}", f"-d{self.bench.SECONDS}s", "-s", script.name, self.server.url]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        confirmed, slow, refused = re.search(r"^chain: (\d+) (\S+) (.*)$", output, re.M).groups()
        if refused or int(confirmed) == 0:
            raise SystemExit(f"an order was not settled: {refused or 'there was none'}\n{output}")
        return int(confirmed), float(slow)

    def settled(self, baskets):
        """Orders a second that are placed, confirmed and settled, from the first to when the last one is settled."""
        before, start = self.reserved(), time.monotonic()
        confirmed, _ = self.chain(baskets)
        self.settle_one_more(baskets[0])
        # Orders overtake each other.
        self.wait_until_published()
        took = time.monotonic() - start
        orders, rest = divmod(self.reserved() - before, 3)
        # wrk ends without waiting for its last answers.
        if rest or not confirmed < orders <= confirmed + self.bench.CONNECTIONS + 1:
            raise SystemExit(f"{confirmed} orders were seen to be confirmed, and {orders} orders and {rest} units more are reserved")
        return orders / took

    def settle_one_more(self, basket):
        """Confirms an order and waits until it is settled: what wrk asked last has been answered by then."""
        order = self.ask("/orders", basket)
        order = self.ask(f"/orders/{order['id']}/confirm", {"shipping_address": ADDRESS})
        while order["allocation"] == "requested":
            time.sleep(LOOK_AGAIN)
            order = self.ask(f"/orders/{order['id']}")


def measured(bench, command):
    """The figures of one round, on an installation of its own: what the last left to do, as mail to send, would slow down the next."""
    with bench.Server(*command, "serve", "--bind", "127.0.0.1:0") as server:
        shop = Shop(bench, server, command)
        many = [shop.basket(random.sample(shop.lines, 2)) for _ in range(BASKETS)]
        one = [shop.basket(shop.lines[:1])]
        place = shop.placing()
        settled = shop.settled(many)
        # The mails of full load do not count for half of it.
        subprocess.run([*command, "wait-idle", "--timeout", str(PATIENCE)], check=True)
        _, slow = shop.chain(many, settled / 2)
        shop.wait_until_published()
        hot = shop.settled(one)
    subprocess.run([*command, "doctor"], stdout=subprocess.DEVNULL, check=True)
    return settled / place, slow, hot / settled


def rows_on(bench, engine, new_installation):
    """The rows of one engine; `new_installation` makes an empty installation and answers the command that works on it."""
    rounds = [measured(bench, new_installation()) for _ in range(bench.ROUNDS)]
    settled, slow, hot = (statistics.median(values) for values in zip(*rounds))
    return [
        (f"place, confirm and reserve: orders settled{engine}", "orders placed alone", f"{settled:.2f}", "≥ 0.25",
         f"of two lines, of {PRODUCTS} products"),
        (f"from confirming to settled, at half as many{engine}", "–", f"{slow:.0f} ms", "≤ 100 ms", "p99, `Prefer: wait=10`"),
        (f"the same, all of one product{engine}", f"of {PRODUCTS} products", f"{hot:.2f}", "–", "the doctor finds nothing oversold"),
    ]


def rows(bench):
    """The rows of the table, in the words of .ci/bench."""
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as folder, ThrowawayPostgres() as postgres:
        def on_sqlite():
            return bench.command_on(os.path.join(folder, str(next(numbers))))

        def on_postgres():
            name = f"stock{next(numbers)}"
            mail = f"ORDERLY_MAIL=file:{os.path.join(folder, name)}"
            return ["env", mail, *bench_postgres.Database(bench, postgres, name).command]

        return rows_on(bench, "", on_sqlite) + rows_on(bench, ", PostgreSQL", on_postgres)
