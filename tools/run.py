"""From a prepared environment to a running site (`python -m tools.run`, the second half of `make run`)."""

import os
import socket
import subprocess
import sys

from tools import PYTHON, ROOT, VAR, VENV, fonts, messages, stamps

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def set_up_django() -> None:
    """Load the settings and the apps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def prepare_files() -> None:
    """Build what the site serves and reads: fonts, translations, static files. Says what it built."""
    with stamps.turn(VAR / "stamps" / "building"):
        if fonts.prepare():
            print("Built the fonts", flush=True)
        if messages.prepare():
            print("Compiled the translations", flush=True)
        set_up_django()
        if _collect_static():
            print("Collected the static files", flush=True)


def _collect_static() -> bool:
    from django.conf import settings
    from django.core.management import call_command

    own = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    built = sorted(path for path in fonts.FOLDER.glob("*") if path.is_file())
    mark = stamps.fingerprint([*own, *built, ROOT / "requirements" / "run.txt", ROOT / "config" / "settings.py"])
    stamp = VAR / "stamps" / "static"
    if stamps.is_fresh(stamp, mark) and (settings.STATIC_ROOT / "staticfiles.json").exists():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamps.write(stamp, mark)
    return True


def prepare_database() -> None:
    """Bring the tables up to date; fill an empty database with the demonstration country."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)

    from schools.models import School

    if not School.objects.exists():
        print("The database is empty: making the demonstration country", flush=True)
        call_command("seed_demo", scale="small", verbosity=0)
        call_command("evaluate")


def server_command(host: str, port: int) -> list[str]:
    """The command that serves the site: one process, eight threads, nothing written outside the clone."""
    options = ["--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "8"]
    options += ["--chdir", str(ROOT), "--no-control-socket", "--log-level", "warning"]
    return [str(VENV / "bin" / "gunicorn"), *options, "config.wsgi:application"]


def worker_command() -> list[str]:
    """The command that does the tasks beside the server, and ends with this process, which becomes the server."""
    options = ["--tick", "--beside", str(os.getpid()), "--verbosity", "0"]
    return [str(PYTHON), str(ROOT / "manage.py"), "worker", *options]


def _greet(host: str, port: int, documents_work: bool) -> None:
    if not documents_work:
        print(
            "Pango is missing: the site runs, but makes no PDF. "
            "On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        )
    if host not in LOOPBACK and "ALLOWED_HOSTS" not in os.environ:
        print("Name the hosts that people will type in ALLOWED_HOSTS, else the site answers them with 400.")
    from accounts.demo import SIGN_INS

    print(f"\nQorgan is at http://{host}:{port}\n")
    for line in SIGN_INS:
        print(f"  {line}")
    print("\nStop it with Ctrl+C.", flush=True)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            sys.exit(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another: make run PORT={port + 1}")


def main() -> None:
    """Prepare everything, say where the site is and who can sign in, start a worker, then become the server."""
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    os.chdir(ROOT)
    _refuse_taken_port(host, port)
    # Fails where Pango is missing. It takes a second, so it is tried beside the rest.
    documents = subprocess.Popen(
        [PYTHON, "-c", "import weasyprint"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    prepare_files()
    prepare_database()
    _greet(host, port, documents.wait() == 0)
    command = server_command(host, port)
    subprocess.Popen(worker_command(), stdin=subprocess.DEVNULL)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
