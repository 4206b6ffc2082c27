#!/usr/bin/env python3
"""A PostgreSQL of one's own: in a temporary folder, on a free port of this machine alone, gone at the end.

    .ci/throwaway_postgres.py run COMMAND...   runs a command with ORDERLY_TEST_POSTGRES_URL, an administrator's URL, and
                                               with PostgreSQL's own programs first in PATH
    .ci/throwaway_postgres.py hold             prints the URL, then obeys the lines on its standard input until that
                                               ends: `kill` (SIGKILL to the postmaster), `start`; answers each with `done`

.ci/test and .ci/bench import it. Every commit is synced to disk, as Orderly demands of any server; only what starting and
stopping would wait for is left out, since nobody needs the files afterwards.
"""

import contextlib
import glob
import os
import pathlib
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from system_packages import Need, provide

VARIABLE = "ORDERLY_TEST_POSTGRES_URL"
OLDEST = 14
PATIENCE = 60
# Root becomes this user: PostgreSQL refuses to run as root.
USER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": 300,
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


def programs():
    """The folder of the newest PostgreSQL's programs; None, if there is none that is new enough."""
    beside = shutil.which("initdb")
    found = {}
    for folder in [*glob.glob("/usr/lib/postgresql/*/bin"), *glob.glob("/usr/pgsql-*/bin"), beside and os.path.dirname(beside)]:
        if folder and all(os.access(os.path.join(folder, program), os.X_OK) for program in ("initdb", "postgres", "psql", "pg_dump")):
            version = subprocess.run([os.path.join(folder, "postgres"), "--version"], capture_output=True, text=True, check=True)
            found[int(re.search(r"(\d+)", version.stdout)[1])] = folder
    newest = max(found, default=0)
    return found[newest] if newest >= OLDEST else None


def free_port():
    """Below the ports that the system gives to outgoing connections: none of those may take it while PostgreSQL is down."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


POSTGRES = Need(f"PostgreSQL {OLDEST} or newer", programs, "postgresql")


class ThrowawayPostgres:
    """A running PostgreSQL, from `with` to its end. `url` is its administrator's."""

    def __init__(self, **settings):
        self.settings = {**SETTINGS, **settings}
        provide(POSTGRES)
        self.programs = programs()
        self.as_user = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        self.port = free_port()
        self.process = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="orderly-postgres-")
        try:
            if self.as_user:
                shutil.chown(self.folder, USER, USER)
            self.make()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self):
        password = secrets.token_hex(16)
        file = pathlib.Path(self.folder, "password")
        file.write_text(password)
        file.chmod(0o644)
        self.call("initdb", "--pgdata", self.data, "--username", "postgres", "--pwfile", str(file), "--auth", "scram-sha-256",
                  "--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions")
        file.unlink()
        # In its file, so that a test can change them by ALTER SYSTEM and a reload, as an administrator would.
        with open(os.path.join(self.data, "postgresql.conf"), "a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in self.settings.items())
        self.url = f"postgres://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def call(self, program, *arguments):
        result = subprocess.run([os.path.join(self.programs, program), *arguments], cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self.as_user)
        if result.returncode != 0:
            sys.exit(f"{program} failed:\n{result.stdout}")

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    def start(self):
        """Starts it and waits until it takes connections. After a kill this may take some tries: the postmaster's children
        outlive it by a moment, and while one lives no other is let near the data."""
        settings = {"port": self.port, "unix_socket_directories": self.folder}
        command = [os.path.join(self.programs, "postgres"), "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + PATIENCE
        while True:
            # In a session of its own, so that Ctrl-C is ours to pass on.
            self.process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True,
                                            **self.as_user)
            log = Log(self.process.stderr)
            if log.says_ready():
                return
            self.end(signal.SIGQUIT)
            haunted = re.search(r"pre-existing shared memory block|lock file .* already exists", log.text())
            if not haunted or time.monotonic() > deadline:
                sys.exit(f"PostgreSQL did not start:\n{log.text()}")

    def kill(self):
        self.end(signal.SIGKILL)

    def end(self, how):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def environment(self):
        return environment(self.programs, self.url)


def environment(folder, url):
    """The environment of tests: the server's URL, and the folder with PostgreSQL's programs first in PATH."""
    return {**os.environ, VARIABLE: url, "PATH": os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])}


@contextlib.contextmanager
def test_environment():
    """The environment of tests, for as long as it is needed: with the server that ORDERLY_TEST_POSTGRES_URL names, or a throwaway one."""
    url = os.environ.get(VARIABLE)
    if not url:
        with ThrowawayPostgres() as postgres:
            yield postgres.environment()
        return
    provide(POSTGRES)
    question = "SELECT current_setting('server_version_num')::int / 10000, current_setting('is_superuser'), current_setting('max_connections')"
    command = [os.path.join(programs(), "psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--command", question, url]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"{VARIABLE} is set, and its server cannot be used: {answer.stderr.strip()}")
    version, superuser, connections = answer.stdout.strip().split("|")
    if int(version) < OLDEST or superuser != "on" or int(connections) < SETTINGS["max_connections"]:
        sys.exit(f"{VARIABLE} has to name a superuser of PostgreSQL {OLDEST} or newer with max_connections of at least "
                 f"{SETTINGS['max_connections']}; found version {version}, superuser {superuser}, max_connections {connections}")
    print(f"tests use the server that {VARIABLE} names; each makes databases of its own there, and drops them", flush=True)
    yield environment(programs(), url)


class Log:
    """What PostgreSQL writes, read to its end on a thread of its own."""

    def __init__(self, stream):
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        for line in stream:
            with self.changed:
                self.lines.append(line)
                # Enough to show why it did not start.
                del self.lines[:-50]
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def is_ready(self):
        return any("database system is ready to accept connections" in line for line in self.lines)

    def says_ready(self):
        with self.changed:
            self.changed.wait_for(lambda: self.ended or self.is_ready(), PATIENCE)
            return self.is_ready()

    def text(self):
        with self.changed:
            return "".join(self.lines)


def end_on_signals():
    """Makes SIGTERM an exception, as Ctrl-C is, so that whatever is open is closed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def hold(postgres):
    print(postgres.url, flush=True)
    for line in sys.stdin:
        {"kill": postgres.kill, "start": postgres.start}[line.strip()]()
        print("done", flush=True)


def main():
    end_on_signals()
    match sys.argv[1:]:
        case ["run", *command] if command:
            with ThrowawayPostgres() as postgres:
                process = subprocess.Popen(command, env=postgres.environment())
                try:
                    sys.exit(process.wait())
                finally:
                    if process.poll() is None:
                        process.terminate()
                        process.wait()
        case ["hold"]:
            with ThrowawayPostgres() as postgres:
                hold(postgres)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
