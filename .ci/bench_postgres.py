"""The PostgreSQL rows of .ci/bench: the same server on a throwaway PostgreSQL, against pgbench on the same tables in the same run.

pgbench plays the well-written service that begins a transaction for each order and prepares its statements: `-M prepared` with
16 connections. It writes the rows that Orderly wrote for a first order, with ids, references and times of their own, and reads
with two selects what Orderly gathers in one for all who wait. Each side has a database of its own, made by `orderly migrate up`.
"""

import contextlib
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

from throwaway_postgres import ThrowawayPostgres

CLIENTS = 16
# How many orders are read, one at random each time.
READ = 64
ANY_ID = "gen_random_uuid()"
# Begins with the time, as the UUIDv7 of a real order: new ones are at the end of their index.
NEW_ID = ("(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || "
          "substr(gen_random_uuid()::text, 14))::uuid")
# As long, as random and as unique as a real one.
NEW_REFERENCE = "overlay(encode(decode(lpad(to_hex(:chance::bigint), 12, '0'), 'hex'), 'base64') PLACING '-' FROM 5 FOR 0)"
# How long a server may take to recover after its database was killed.
RECOVERY = 10


class Database:
    """A database with Orderly's tables in it."""

    def __init__(self, bench, postgres, name):
        self.postgres = postgres
        self.url = urllib.parse.urlsplit(postgres.url)._replace(path=f"/{name}").geturl()
        subprocess.run(["psql", "-q", postgres.url, "-c", f"CREATE DATABASE {name}"], env=postgres.environment(), check=True)
        self.command = ["env", f"ORDERLY_TOKEN_SECRET={'0123456789abcdef' * 4}", f"ORDERLY_DATABASE_URL={self.url}",
                        "ORDERLY_LOG=error", bench.ORDERLY]
        subprocess.run([*self.command, "migrate", "up"], stdout=subprocess.DEVNULL, check=True)

    def asked(self, question):
        command = ["psql", "-qAt", self.url, "-c", question]
        return subprocess.run(command, env=self.postgres.environment(), capture_output=True, text=True, check=True).stdout

    def first_row(self, table, chosen):
        """The columns of a table, and what the row chosen has in them, as text; None for NULL."""
        columns = self.asked(f"""SELECT column_name FROM information_schema.columns WHERE table_schema = 'ordering'
            AND table_name = '{table}' AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position""").split()
        row = {}
        for column in columns:
            null, value = self.asked(f"SELECT {column} IS NULL, {column} FROM ordering.{table} WHERE {chosen}").rstrip("\n").split("|", 1)
            row[column] = None if null == "t" else value
        return row

    def pgbench(self, scripts, constants, seconds):
        """Transactions a second, each of them one of the scripts at random."""
        with tempfile.TemporaryDirectory() as folder:
            chosen = []
            for number, script in enumerate(scripts):
                path = os.path.join(folder, f"{number}.sql")
                with open(path, "w") as file:
                    file.write(script)
                chosen += ["-f", path]
            defined = [part for name, value in constants.items() for part in ("-D", f"{name}={value}")]
            command = ["pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), *defined, *chosen, self.url]
            output = subprocess.run(command, env=self.postgres.environment(), capture_output=True, text=True, check=True).stdout
        return float(re.search(r"tps = ([\d.]+)", output)[1])


class Script:
    """A pgbench script; the constants in it are its variables."""

    def __init__(self, *lines):
        self.lines = list(lines)
        self.constants = {}

    def insert(self, table, rows, ending=";"):
        values = []
        for row in rows:
            values.append("(" + ", ".join(self.value(value) for value in row.values()) + ")")
        self.lines.append(f"INSERT INTO ordering.{table} ({', '.join(rows[0])}) VALUES {', '.join(values)}{ending}")

    def value(self, value):
        if value is None:
            return "NULL"
        if isinstance(value, Sql):
            return value
        name = f"constant{len(self.constants)}"
        self.constants[name] = value
        return ":" + name

    def text(self):
        return "\n".join(self.lines) + "\n"


class Sql(str):
    """An expression, in place of a constant."""


def placing_one_by_one(database, order_id):
    """A transaction that writes what Orderly wrote for this order."""
    any_id, now, placed = Sql(ANY_ID), Sql("now()"), Sql(":order_id::uuid")
    order = database.first_row("orders", f"id = '{order_id}'") | {
        "id": Sql(NEW_ID), "reference": Sql(NEW_REFERENCE), "placed_at": now, "updated_at": now}
    positions = database.asked(f"SELECT position FROM ordering.order_lines WHERE order_id = '{order_id}'").split()
    lines = [database.first_row("order_lines", f"order_id = '{order_id}' AND position = {position}")
             | {"order_id": placed, "line_id": any_id} for position in positions]
    event = database.first_row("event_log", f"aggregate_id = '{order_id}'") | {
        "event_id": any_id, "command_id": any_id, "aggregate_id": placed, "occurred_at": now}
    script = Script("\\set chance random(0, 281474976710655)", "BEGIN;")
    script.insert("orders", [order], " RETURNING id AS order_id \\gset")
    script.insert("order_lines", lines)
    script.insert("event_log", [event])
    script.lines.append("END;")
    return script


def reading_one_by_one(order_ids):
    """For each order, the two selects that give it with its lines."""
    return [f"""SELECT * FROM ordering.orders WHERE id = '{order_id}';
SELECT * FROM ordering.order_lines WHERE order_id = '{order_id}' ORDER BY position;
""" for order_id in order_ids]


def reading(bench, server, token, order_ids):
    """The same by HTTP: requests a second, and the slowest hundredth's time in milliseconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        ids = ", ".join(f'"{order_id}"' for order_id in order_ids)
        script.write(f"""local ids = {{ {ids} }}
request = function() return wrk.format("GET", "/api/v1/orders/" .. ids[math.random(#ids)]) end
""")
        script.flush()
        return bench.wrk(server.url, token, script.name)


def batches(server):
    """Orders and commits of the ordering context so far."""
    with urllib.request.urlopen(server.url + "/metrics") as answer:
        figures = answer.read().decode()
    return [float(re.search(rf'^orderly_commit_batch_size_{kind}{{context="ordering"}} (\S+)', figures, re.M)[1])
            for kind in ("sum", "count")]


def rate(server, seconds):
    """Orders a second."""
    before, start = batches(server)[0], time.monotonic()
    time.sleep(seconds)
    return (batches(server)[0] - before) / (time.monotonic() - start)


def recovery(bench, postgres, server, token, order):
    """How much of its speed the server has again, 10 seconds after its database was killed and started."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(bench.place_script(token, order))
        script.flush()
        command = ["wrk", "-t1", f"-c{bench.CONNECTIONS}", "-d1h", "-s", script.name, server.url + "/api/v1/orders"]
        load = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            time.sleep(1)
            before = rate(server, bench.SECONDS)
            postgres.kill()
            postgres.start()
            time.sleep(RECOVERY)
            return rate(server, bench.SECONDS) / before
        finally:
            load.kill()
            load.wait()


def rows(bench):
    """The rows of the table, in the words of .ci/bench."""
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(ThrowawayPostgres())
        theirs, ours = Database(bench, postgres, "theirs"), Database(bench, postgres, "ours")
        server = stack.enter_context(bench.Server(*ours.command, "serve", "--bind", "127.0.0.1:0"))
        token = bench.log_in(server)
        order = bench.two_lines(server, ours.command)
        order_id = bench.ask(server.url + "/api/v1/orders", order, token=token)["id"]
        place_script = placing_one_by_one(ours, order_id)
        order_ids = [bench.ask(server.url + "/api/v1/orders", order, token=token)["id"] for _ in range(READ)]
        read_scripts = reading_one_by_one(order_ids)
        ratios = []
        for _ in range(bench.ROUNDS):
            place_theirs = theirs.pgbench([place_script.text()], place_script.constants, bench.SECONDS)
            before = batches(server)
            place, place_slow = bench.placing(server, token, order)
            orders, commits = (after - begun for after, begun in zip(batches(server), before))
            read_theirs = ours.pgbench(read_scripts, {}, bench.SECONDS)
            read, read_slow = reading(bench, server, token, order_ids)
            ratios.append((place / place_theirs, place_slow, orders / commits, read / read_theirs, read_slow))
        place, place_slow, batch, read, read_slow = (statistics.median(values) for values in zip(*ratios))
        megabytes = server.megabytes()
        recovered = recovery(bench, postgres, server, token, order)
        version = ours.asked("SHOW server_version").split()[0]
    return [
        (f"place an order, PostgreSQL {version}", f"pgbench -M prepared -c {CLIENTS}, the same rows, a transaction per order",
         f"{place:.2f}", "≥ 2.5", f"p99 {place_slow:.0f} ms, {batch:.0f} orders a commit"),
        ("read an order with its lines, PostgreSQL", "pgbench, the same two selects", f"{read:.2f}", "≥ 1.0", f"p99 {read_slow:.0f} ms"),
        ("memory at its highest, under full load, PostgreSQL", "–", f"{megabytes:.0f} MB", "≤ 100 MB", ""),
        (f"place an order, {RECOVERY} s after PostgreSQL was killed and started again", "before", f"{recovered:.2f}", "≥ 0.9", ""),
    ]
