"""Build the package, and its wheel a second time elsewhere: the two must be the same to the byte.

``python tools/build_twice.py DIRECTORY`` leaves the sdist, the wheel and ``SHA256SUMS`` there. What could differ does:
the directory, the time zone, the locale, the order in which files were made. The umask is that of the build, since a
wheel keeps what it gives. Times in the archives are those of the last commit: ``SOURCE_DATE_EPOCH`` where it is set,
else what git says, else a fixed day.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".git", ".nox", ".venv", "build", "dist", "*.egg-info", "__pycache__", "_build", ".*_cache", ".hypothesis")
FIXED = "1577836800"  # 2020-01-01; zip knows no time before 1980
DIFFERENT = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}


def main(target: Path) -> int:
    env = {**os.environ, "SOURCE_DATE_EPOCH": _epoch()}
    shutil.rmtree(target, ignore_errors=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        _build(Path(first) / "saltext-vios", target, env)
        _build(Path(second) / "another" / "place", Path(second) / "dist", {**env, **DIFFERENT})
        (wheel,), (again,) = (sorted(one.glob("*.whl")) for one in (target, Path(second) / "dist"))
        same = wheel.read_bytes() == again.read_bytes()
        print(f"{wheel.name}: {_sum(wheel)}\n{'again':>{len(wheel.name)}}: {_sum(again)}")
    lines = [f"{_sum(one)}  {one.name}\n" for one in sorted(target.iterdir())]
    (target / "SHA256SUMS").write_text("".join(lines))
    return 0 if same else 1


def _build(tree: Path, target: Path, env: dict[str, str]) -> None:
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT), copy_function=_copy)
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(target), str(tree)], env=env, check=True)


def _copy(source: str, target: str) -> str:
    """With the mode that git knows it by, whatever the umask of the checkout was."""
    shutil.copyfile(source, target)
    os.chmod(target, 0o755 if os.access(source, os.X_OK) else 0o644)
    return target


def _epoch() -> str:
    if "SOURCE_DATE_EPOCH" in os.environ:
        return os.environ["SOURCE_DATE_EPOCH"]
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or FIXED


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
