"""What tests and measurements need of the machine beyond Rust: found, or installed from the system's packages."""

import os
import shutil
import subprocess
import sys


def installed(name, find, *packages):
    """What `find` finds; where it finds nothing, after installing the packages, if that can be done unasked. Never goes on without."""
    found = find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"{name} is missing; installing it", file=sys.stderr, flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update"], **quiet)
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", *packages], **quiet)
        found = find()
    if found is None:
        sys.exit(f"found no {name}; install it (apt-get install {' '.join(packages)}) and try again")
    return found
