"""The project's sessions; `make` bootstraps nox and calls them by tag."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nox

nox.needs_version = ">=2025.10.16"
nox.options.reuse_existing_virtualenvs = True
# A session whose Python is not on this machine is skipped, and says which one it lacks.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
nox.options.default_venv_backend = "uv|virtualenv"

LINES = ["3006", "3007", "3008"]
OLDEST, NEWEST = LINES[0], LINES[-1]
# From that of AIX to the newest that the newest line of Salt supports; that one wants 3.10 at least.
PYTHONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
# About the journal, the clock, what NIM says and what a driver does with it, in which no line of Salt has a part.
WITHOUT_SALT = [
    *("backup", "broken_journal", "cancel", "clients", "clocks", "clone_first", "clusters", "driver", "each_method"),
    *("faults", "fleet_of_faults", "interrupted", "killed", "migrate", "odd_callers", "odd_neighbour", "overlap"),
    *("paths", "rollback", "started_elsewhere", "troubleshooting", "viosupgrade", "waiting", "wall"),
]
FUZZED = ["tests/unit/nim", "tests/unit/migration/test_targets.py", "tests/unit/migration/test_timelimit.py"]
LOCKING = ["driver", "interrupted", "two_places"]
LOCKED = ["tests/unit/driver", *(f"tests/functional/test_{name}.py" for name in LOCKING)]
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
SOURCES = ["src", "tests", "benchmarks", "docs", "examples", "tools", "noxfile.py", "setup.py"]
SCHEMAS = {"github-workflows": "workflows/*.yml", "dependabot": "dependabot.yml"}
IN_SDIST = ["CHANGELOG.md", "LICENSE", "docs/index.md", "examples/demo.py", "noxfile.py", "tests/conftest.py"]
# Those with daemons wait most of their time, so they begin first, and the others fill it.
SIDE_BY_SIDE = ["-n", "5", "--dist", "loadgroup"]
# On older lines of Salt: without what is about processes of ours, and of the daemons what restarts them.
RESTARTED = "not integration or restarts or killed"
OLDER = ["-n", "2", "--dist", "loadgroup", "-k", RESTARTED, "tests/integration", "tests/functional"]
NO_PROCESSES = "not processes"
# What `make test` leaves to the whole sessions.
QUICK = "not thorough"
ONCE = [f"--ignore=tests/functional/test_{name}.py" for name in WITHOUT_SALT]
# Those of chaos wait much too: at the end nothing would fill that time.
PARTS = ("integration", "chaos", "unit", "functional")
WITH_PROCESSES = ["tests/integration", "tests/functional", "tests/chaos/test_kills.py"]
RESTLESS = "integration or processes or test_kills"  # of the functional tests those that are marked so
# A part of it runs with the functional tests, all of it with those of chaos.
FLEET = "tests/functional/test_fleet_of_faults.py"
EVERYTHING = [*SIDE_BY_SIDE, *(f"tests/{part}" for part in PARTS)]


def install(session: nox.Session, line: str, extra: str = "") -> None:
    """Salt of one line, newest point release that can be installed, and this package."""
    # 3007 builds from source with a setup.py that newer setuptools install without its dependencies.
    constraint = Path(session.virtualenv.location) / "build-constraints.txt"
    constraint.write_text("setuptools<75.6\n")
    env = {"PIP_CONSTRAINT": str(constraint), "UV_BUILD_CONSTRAINT": str(constraint)}
    session.install(f"salt~={line}.0", env=env)
    with one_at_a_time():
        session.install("-e", f".[{extra}]" if extra else ".", f"salt~={line}.0")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """What builds in this tree has it for itself, also where two nox run."""
    with open(".nox/tree.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def short_paths() -> Iterator[dict[str, str]]:
    """An environment for what has Salt's sockets, whose paths must be short; what it leaves there meets nobody."""
    with tempfile.TemporaryDirectory(prefix="vt", dir="/tmp") as short:
        # Each of a thousand processes would compile what it imports of Salt where no bytecode may be written.
        yield {"TMPDIR": short, "PYTHONDONTWRITEBYTECODE": ""}


@nox.session(tags=["test"])
@nox.parametrize("salt", LINES)
def tests(session: nox.Session, salt: str) -> None:
    """All tests on every line of Salt; with `-- quick`, as in `make test`, less of them; see `QUICK` and `ONCE`."""
    quick = session.posargs == ["quick"]
    if quick and salt == OLDEST and os.path.exists(python("3.9")):
        session.skip("the session `oldest` has this line of Salt")
    install(session, salt, "tests")
    if salt == NEWEST:
        has_sshd(session)  # kill points below an ssh session are among the tests; without it they say why they are not
    with short_paths() as env:
        if session.posargs and not quick:
            session.run("pytest", *session.posargs, env=env)
        elif quick and salt != NEWEST:
            session.run("pytest", "-q", *OLDER, *ONCE, "-m", f"{QUICK} and {NO_PROCESSES}", env=env)
        elif quick:
            session.run("pytest", "-q", *EVERYTHING, "-m", QUICK, env={**env, "CHAOS": "few"})
        else:
            session.run("pytest", "-q", *EVERYTHING, env=env)


def python(version: str) -> str:
    """One of pyenv's, which it shows only where it is switched on; else what nox finds."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next(map(str, root.glob(f"versions/{version}.*/bin/python")), version)


@nox.session(tags=["test"], python=python("3.9"))
def oldest(session: nox.Session) -> None:
    """What AIX has: the oldest Python and the oldest line of Salt; left out where there is no Python 3.9."""
    install(session, OLDEST, "tests")
    less = [*ONCE, "-m", f"{QUICK} and {NO_PROCESSES} and not hypothesis"] if session.posargs == ["quick"] else []
    with short_paths() as env:
        session.run("pytest", "-q", *OLDER, "tests/unit", *(less or ["-m", NO_PROCESSES]), env=env)


@nox.session
@nox.parametrize("python", [nox.param(python(version), id=version) for version in PYTHONS])
def unit(session: nox.Session) -> None:
    """The corners of Python: what needs no daemons, on each that is here."""
    install(session, OLDEST if "3.9" in session.name else NEWEST, "tests")
    with short_paths() as env:
        session.run("pytest", "-q", "-n", "2", *(session.posargs or ["tests/unit"]), env=env)


# What salt-ssh sends along with Salt. The newest of some no longer run on Python 3.9; Salt runs with older ones too.
SENT_ALONG = ["certifi", "distro", "idna", "jinja2", "looseversion", "packaging", "requests", "tornado", "urllib3"]


@nox.session(tags=["test"])
def ssh(session: nox.Session) -> None:
    """NIM masters without a minion: salt-ssh to a real sshd on loopback, and Python 3.9 there where it is found."""
    if not has_sshd(session):
        reason = "no sshd, ssh or scp on this machine: install OpenSSH (Debian: openssh-server, openssh-client)"
        if os.environ.get("CI"):
            session.error(reason)
        session.skip(reason)
    install(session, NEWEST, "tests")
    oldest = python("3.9")
    more = {}
    if os.path.exists(oldest):
        for_oldest = ["--only-binary", ":all:", "--python-version", "3.9", "--no-deps", "--quiet"]
        session.install("pip")
        with tempfile.TemporaryDirectory() as wheels:
            session.run_install("python", "-m", "pip", "download", *for_oldest, "--dest", wheels, *SENT_ALONG)
            session.install("--no-deps", *map(str, Path(wheels).iterdir()))
        more = {"TARGET_PYTHON": oldest}
    else:
        session.log("there is no Python 3.9 here: the targets run the Python of this session")
    quick = session.posargs == ["quick"]
    words = ["-m", QUICK] if quick else session.posargs
    with short_paths() as env:
        session.run("pytest", "-q", "-n", "3", "--dist", "loadgroup", "tests/ssh", *words, env={**env, **more})


def has_sshd(session: nox.Session) -> bool:
    """Whether there is an sshd; Debian's is installed where there is none and it may be."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])

    def is_there() -> bool:
        return all(shutil.which(name, path=path) for name in ("sshd", "ssh", "scp"))

    if not is_there() and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        packages = ["openssh-server", "openssh-client"]
        fetched = {"env": env, "external": True, "success_codes": range(256)}
        session.run_install("apt-get", "-qq", "update", **fetched)
        session.run_install("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages, **fetched)
    return is_there()


@nox.session
def soak(session: nox.Session) -> None:
    """Daemons, watches and kills on a busy machine, ten times or as many as `-- 3` says: none fails by the clock."""
    install(session, NEWEST, "tests")
    rounds = int(session.posargs[0]) if session.posargs else 10
    with short_paths() as env, busy(2):
        env = {**env, "CHAOS": "few"}
        for _ in range(rounds):
            session.run("pytest", "-q", *SIDE_BY_SIDE, "-k", RESTLESS, *WITH_PROCESSES, "-m", QUICK, env=env)


@contextlib.contextmanager
def busy(number: int) -> Iterator[None]:
    """So many processes that want all of a processor."""
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


@nox.session
def chaos(session: nox.Session) -> None:
    """Every kill point, five hundred tuples in one call, a full disk; takes more than an hour on two cores."""
    has_sshd(session)
    install(session, NEWEST, "tests")
    with short_paths() as env:
        env = {**env, "CHAOS": "all"}
        session.run("pytest", "-q", "-n", "12", "tests/chaos", FLEET, "--ignore", "tests/chaos/test_size.py", env=env)
        session.run("pytest", "-q", "-s", "tests/chaos/test_size.py", env=env)
        # A user's own namespace, in which anybody may mount a small disk.
        session.run("unshare", "-rm", "pytest", "-q", "tests/chaos/full_disk.py", env=env, external=True)


@nox.session
def locks(session: nox.Session) -> None:
    """All that takes locks, where they are record locks, as on AIX: not passed on by a fork, ended by any close."""
    install(session, NEWEST, "tests")
    with short_paths() as env:
        session.run("pytest", "-q", "-n", "4", *LOCKED, env={**env, "LOCKS": "record"})


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
    with short_paths() as env:
        session.run("python", "-m", "benchmarks", *session.posargs, env=env)


@nox.session(tags=["test", "lint"])
def lint(session: nox.Session) -> None:
    """Ruff's rules and form, the workflows' schema, and that each public function shows its call and its version."""
    session.install("ruff", "check-jsonschema")
    sources = [path for path in SOURCES if os.path.exists(path)]
    session.run("ruff", "check", *sources)
    session.run("ruff", "format", "--check", *sources)
    session.run("python", "tools/check_docstrings.py")
    for name, files in SCHEMAS.items():
        found = sorted(map(str, Path(".github").glob(files)))
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{name}", *found)


@nox.session(tags=["lint"])
def types(session: nox.Session) -> None:
    """mypy, strict, on all but what Salt loads; Salt has no types, so it is not needed."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    session.install(*project["optional-dependencies"]["types"])
    session.run("mypy", *session.posargs)


@nox.session
def changelog(session: nox.Session) -> None:
    """What the fragments come to; `-- build` writes them into CHANGELOG.md, `-- check` fails where one is missing."""
    session.install("towncrier>=24.8")
    if session.posargs == ["check"]:
        session.run("towncrier", "check", "--compare-with", "origin/main")
        return
    version = re.search(r'"([\d.]+)"', Path("src/saltext_vios/__init__.py").read_text())
    session.run("towncrier", "build", "--version", version[1], "--yes" if session.posargs == ["build"] else "--draft")


@nox.session(tags=["demo"])
def demo(session: nox.Session) -> None:
    """A pair migrates before your eyes: real Salt daemons, a simulated NIM master."""
    install(session, NEWEST)
    session.run("python", "examples/demo.py", *session.posargs)


@nox.session(tags=["docs", "test"])
def docs(session: nox.Session) -> None:
    """The pages, with warnings as errors, after a look at the spelling of all that people read."""
    install(session, NEWEST, "docs")
    session.run("codespell", *(path for path in [*SOURCES, *PAGES] if os.path.exists(path)))
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html")


@nox.session(tags=["build", "test"])
def build(session: nox.Session) -> None:
    """A wheel from a tree without .git, installed without an index."""
    session.install("build", "pip")
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
    session.run("python", "-c", "import os, saltext_vios as it; os.stat(it.__path__[0] + '/orch/fleet/wave.sls')")
    with tarfile.open(max(Path("dist").glob("*.tar.gz"), key=os.path.getmtime)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    if lacking := set(IN_SDIST) - names:
        session.error(f"the sdist lacks {', '.join(sorted(lacking))}")


@nox.session
def reproducible(session: nox.Session) -> None:
    """What a release is made of, in dist/, with its sums; the wheel is built twice and the same to the byte."""
    session.install("build")
    session.run("python", "tools/build_twice.py", "dist")


@nox.session
def sbom(session: nox.Session) -> None:
    """The bill of materials of what `reproducible` left in dist/: the package with all that it needs."""
    (wheel,) = Path("dist").glob("*.whl")
    session.install("cyclonedx-bom")
    with tempfile.TemporaryDirectory() as place:
        session.run("python", "-m", "venv", place)
        session.run(f"{place}/bin/python", "-m", "pip", "install", "--quiet", str(wheel), external=True)
        session.run(
            "cyclonedx-py",
            "environment",
            "--pyproject",
            "pyproject.toml",
            "--output-reproducible",
            "--output-file",
            f"dist/{wheel.name.removesuffix('-py3-none-any.whl')}.cdx.json",
            f"{place}/bin/python",
        )
    made = next(Path("dist").glob("*.cdx.json"))
    with open("dist/SHA256SUMS", "a") as sums:
        sums.write(f"{hashlib.sha256(made.read_bytes()).hexdigest()}  {made.name}\n")
