"""Packages of Debian, installed where that is possible: as root, on Debian."""

import os
import shutil
import subprocess
import sys

_listed = False


def can_install() -> bool:
    """Whether this process may install Debian's packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> bool:
    """Install the packages; say so, and return whether it went well."""
    global _listed
    if not can_install():
        return False
    print(f"Installing {', '.join(packages)} from Debian", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = [["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]]
    if not _listed:
        commands.insert(0, ["apt-get", "update", "-qq"])
        _listed = True
    for command in commands:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            return False
    return True
