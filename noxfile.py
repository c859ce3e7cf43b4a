"""The project's sessions; `make` bootstraps nox and calls them by tag."""

import os
import shutil
import tempfile
from pathlib import Path

import nox

nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

LINES = ["3006", "3007", "3008"]
NEWEST = LINES[-1]
# About the journal, the clock and what NIM says, in which no line of Salt has a part.
WITHOUT_SALT = ["test_broken_journal.py", "test_clocks.py", "test_troubleshooting.py"]
FUZZED = ["tests/unit/nim", "tests/unit/migration/test_targets.py", "tests/unit/migration/test_timelimit.py"]
LOCKED = ["tests/unit/driver", *(f"tests/functional/test_{name}.py" for name in ("driver", "interrupted"))]
SOURCES = ["src", "tests", "benchmarks", "docs", "examples", "noxfile.py", "setup.py"]


def install(session: nox.Session, line: str, extra: str = "") -> None:
    """Salt of one line, newest point release that can be installed, and this package."""
    # 3007 builds from source with a setup.py that newer setuptools install without its dependencies.
    constraint = Path(session.create_tmp()) / "build-constraints.txt"
    constraint.write_text("setuptools<75.6\n")
    session.install(f"salt~={line}.0", env={"PIP_CONSTRAINT": str(constraint)})
    session.install("-e", f".[{extra}]" if extra else ".", f"salt~={line}.0")


@nox.session(tags=["test"])
@nox.parametrize("salt", LINES)
def tests(session: nox.Session, salt: str) -> None:
    """The whole suite on the newest line; on the others what Salt has a part in, and what a restart does."""
    install(session, salt, "tests")
    with tempfile.TemporaryDirectory(prefix="vt") as short:
        # The paths of Salt's sockets must be short, and what one line leaves there must not meet another.
        env = {"TMPDIR": short}
        if session.posargs:
            session.run("pytest", *session.posargs, env=env)
            return
        # Most of the time a test waits for a simulated NIM master.
        once = [] if salt == NEWEST else [f"--ignore=tests/functional/{name}" for name in WITHOUT_SALT]
        session.run("pytest", "-q", "-n", "4", "tests/unit", "tests/functional", *once, env=env)
        part = [] if salt == NEWEST else ["-k", "restarts or killed"]
        session.run("pytest", "-q", "tests/integration", *part, env=env)
        if salt == NEWEST:
            session.run("pytest", "-q", "-n", "4", "tests/chaos", env=env)


@nox.session
def chaos(session: nox.Session) -> None:
    """Every kill point of a pair's migration, and five hundred tuples in one call; takes most of an hour."""
    install(session, NEWEST, "tests")
    with tempfile.TemporaryDirectory(prefix="vt") as short:
        env = {"TMPDIR": short, "CHAOS": "all"}
        session.run("pytest", "-q", "-n", "4", "tests/chaos", "--ignore", "tests/chaos/test_size.py", env=env)
        session.run("pytest", "-q", "-s", "tests/chaos/test_size.py", env=env)
        # A user's own namespace, in which anybody may mount a small disk.
        session.run("unshare", "-rm", "pytest", "-q", "tests/chaos/full_disk.py", env=env, external=True)


@nox.session
def locks(session: nox.Session) -> None:
    """All that takes locks, where they are record locks, as on AIX: not passed on by a fork, ended by any close."""
    install(session, NEWEST, "tests")
    with tempfile.TemporaryDirectory(prefix="vt") as short:
        env = {"TMPDIR": short, "LOCKS": "record"}
        session.run("pytest", "-q", "-n", "4", *LOCKED, env=env)


@nox.session
def fuzz(session: nox.Session) -> None:
    """The readers of what NIM, VIOSes and people write, with twenty thousand examples each."""
    install(session, NEWEST, "tests")
    session.run(
        "pytest", "-q", "-n", "4", "-m", "hypothesis", "--timeout", "3600", *FUZZED, env={"HYPOTHESIS_PROFILE": "fuzz"}
    )


@nox.session
def bench(session: nox.Session) -> None:
    """What is measured, against its limits, as the table of docs/performance.md; takes a quarter of an hour."""
    install(session, NEWEST)
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(tags=["test", "lint"])
def lint(session: nox.Session) -> None:
    session.install("ruff")
    session.run("ruff", "check", *(path for path in SOURCES if os.path.exists(path)))


@nox.session(tags=["demo"])
def demo(session: nox.Session) -> None:
    """A pair migrates before your eyes: real Salt daemons, a simulated NIM master."""
    install(session, NEWEST)
    session.run("python", "examples/demo.py", *session.posargs)


@nox.session(tags=["docs", "test"])
def docs(session: nox.Session) -> None:
    install(session, NEWEST, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html")


@nox.session(tags=["build", "test"])
def build(session: nox.Session) -> None:
    """A wheel from a tree without .git, installed without an index."""
    session.install("build")
    with tempfile.TemporaryDirectory() as tree:
        copy = Path(tree) / "saltext-vios"
        shutil.copytree(
            ".", copy, ignore=shutil.ignore_patterns(".git", ".nox", ".venv", "build", "dist", "*.egg-info")
        )
        session.run("python", "-m", "build", "--outdir", "dist", str(copy))
    wheel = max(Path("dist").glob("*.whl"), key=os.path.getmtime)
    session.run(
        "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--force-reinstall",
        str(wheel),
    )
    session.run("python", "-c", "import saltext_vios; print('wheel installs:', saltext_vios.__version__)")
