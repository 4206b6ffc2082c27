"""The delivery rows of .ci/bench: real databases, relays and handlers without HTTP, each measurement on an empty installation.

What is measured, and how, is written in tests/persistence/examples/delivery_speed.
"""

import itertools
import os
import statistics
import subprocess
import tempfile
import urllib.parse

from throwaway_postgres import ThrowawayPostgres

MEASURE = "target/release/examples/delivery_speed"


def rows_on(bench, engine, new_place):
    """The rows of one engine; `new_place` makes an empty place for an installation and says where it is."""

    def measured(what, *more):
        command = [MEASURE, what, new_place(), str(bench.SECONDS), *more]
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return [float(figure) for figure in output.split()]

    rounds = []
    for _ in range(bench.ROUNDS):
        [committed], [moved], [written] = measured("commit"), measured("move"), measured("write")
        median, slow = measured("latency", str(written / 2))
        [alone], [attached] = measured("place"), measured("place-attached")
        rounds.append((moved / committed, moved, written / committed, written, median, slow, attached / alone))
    moved, moved_a_second, written, written_a_second, median, slow, attached = (
        statistics.median(values) for values in zip(*rounds))
    return [
        (f"events that reach a consumer which only moves its position{engine}", "the same events, for nobody",
         f"{moved:.2f}", "–", f"{moved_a_second:,.0f} a second"),
        (f"events that reach a consumer which writes a row{engine}", "the same",
         f"{written:.2f}", "–", f"{written_a_second:,.0f} a second"),
        (f"from an event's commit to that row's, at half as many{engine}", "–", f"{slow:.0f} ms", "–", f"p99; median {median:.0f} ms"),
        (f"place an order, three consumers attached that have nothing to do{engine}", "none attached",
         f"{attached:.2f}", "≥ 0.9", "without HTTP"),
    ]


def rows(bench):
    """The rows of the table, in the words of .ci/bench."""
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as folder:
        sqlite = rows_on(bench, "", lambda: "sqlite:" + os.path.join(folder, str(next(numbers))))
    with ThrowawayPostgres() as postgres:
        def new_database():
            name = f"delivery{next(numbers)}"
            command = ["psql", "-q", postgres.url, "-c", f"CREATE DATABASE {name}"]
            subprocess.run(command, env=postgres.environment(), check=True)
            return urllib.parse.urlsplit(postgres.url)._replace(path=f"/{name}").geturl()

        return sqlite + rows_on(bench, ", PostgreSQL", new_database)
