"""What tests and measurements need of the machine beyond Rust: found, or installed from the system's packages."""

import os
import shutil
import subprocess
import sys


class Need:
    """A program from the system's packages: what it is called, how it is found, and the packages that bring it."""

    def __init__(self, name, find, *packages):
        self.name = name
        self.find = find
        self.packages = packages


def provide(*needs):
    """Says what is missing and how it is installed; installs it where that can be done unasked, and stops where it cannot."""
    missing = [need for need in needs if need.find() is None]
    if not missing:
        return
    names = " and ".join(need.name for need in missing)
    packages = [package for need in missing for package in need.packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"missing: {names}. Install it and try again; on Debian and Ubuntu: sudo apt-get install {' '.join(packages)}")
    print(f"missing: {names}. Installing it now, as you are root: apt-get install {' '.join(packages)}", file=sys.stderr, flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update"], **quiet)
    subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", *packages], **quiet)
    still_missing = [need.name for need in missing if need.find() is None]
    if still_missing:
        sys.exit(f"still missing after apt-get install: {' and '.join(still_missing)}")
