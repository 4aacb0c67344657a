"""apt and dpkg: simulated, pinned to the versions that were simulated, audited afterwards."""

import contextlib
import os
import re
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vigie.tools.kept_file import keep, sync_folder
from vigie.tools.packages import Change, Footprint, PackagesFailed, Patience, Simulation
from vigie.tools.packages.running import run

LIMIT = 600.0  # seconds for a question, and for fetching one night's packages
DPKG = Path("/var/lib/dpkg")
# What apt knows besides: which packages came by themselves.
EXTENDED = Path("/var/lib/apt/extended_states")
ETC = Path("/etc")
_LOCKS = frozenset({"lock", "lock-frontend", "triggers/Lock"})

# `Inst name [1.0] (2.0 origin [amd64])`; without brackets the package is new.
_INSTALLS = re.compile(r"^Inst (\S+)(?: \[([^\]]+)\])? \((\S+) ")
_REMOVES = re.compile(r"^(?:Remv|Purg) (\S+)")
_URI = re.compile(r"^'([^']+)' (\S+) ")
_CANDIDATE = re.compile(r"^  Candidate: (\S+)", re.MULTILINE)
_SHOWN = r"${Package}\t${Architecture}\t${db:Status-Status}\t${Version}\n"
_KEPT_SETTINGS = ("Dpkg::Options::=--force-confdef", "Dpkg::Options::=--force-confold")
_WAITS = "DPkg::Lock::Timeout=60"  # seconds for another update to end
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "http_proxy", "https_proxy", "no_proxy")
_FOLDERS_OF_ALL = 4  # parts of a path such as /usr/share/doc: nobody's own however it is listed


class Apt:
    """apt as this machine has it. `downloads` is a folder of ours for what was fetched.

    `settings` is an apt.conf that is used besides the system's (APT_CONFIG).
    """

    rolls_back = True

    def __init__(self, downloads: Path, *, settings: Path | None = None) -> None:
        self._downloads = downloads
        self._settings = settings

    def refresh(self) -> None:
        """Run `apt-get update`."""
        self._ask("apt-get", "-q", "update", trouble="not_refreshed")

    def simulate(self, packages: Sequence[str]) -> Simulation:
        """Run apt's own simulation. What is held is left alone, whoever holds it.

        Where no package is named, none is added either: a new kernel is a person's own decision.
        """
        held = set(self._held())
        wanted = [name for name in packages if name not in held]
        if packages and not wanted:
            return Simulation()
        verb = ["install", "--only-upgrade", *wanted] if wanted else ["upgrade"]
        try:
            said = self._ask("apt-get", "-q", "-s", "-y", *verb, trouble="not_installable")
        except PackagesFailed as failure:
            return Simulation(trouble=failure.trouble, said=failure.said)
        return parsed(said)

    def download(self, changes: Sequence[Change]) -> None:
        """Fetch the packages into the folder of ours."""
        (self._downloads / "partial").mkdir(parents=True, exist_ok=True)
        self._ask("apt-get", "-q", "-y", "-d", *self._exactly(changes), trouble="not_fetched")

    def footprint(self, changes: Sequence[Change]) -> Footprint:
        """Read the lists of dpkg for what is there, and the packages for what will be."""
        listed: Counter[str] = Counter()
        for file in (DPKG / "info").glob("*.list"):
            listed.update(_listed(file))
        now = {line for change in changes for line in self._of_package(change.package)}
        then = {str(path) for archive in self._archives(changes) for path in _inside(archive)}
        own = {Path(line) for line in now if listed[line] == 1}
        folders = {p for p in own if _is_own(p) and p.is_dir() and not p.is_symlink()}
        tops = {path for path in folders if not folders & set(path.parents)}
        files = {p for p in map(Path, now | then) if not tops & {p, *p.parents}}
        there = {path for path in files if os.path.lexists(path)}
        half = {
            path.with_name(path.name + end) for path in files for end in (".dpkg-new", ".dpkg-tmp")
        }
        return Footprint(
            folders=tuple(sorted(tops)),
            files=tuple(sorted(path for path in there if path.is_symlink() or not path.is_dir())),
            absent=tuple(sorted((files - there) | {path for path in half if not path.exists()})),
            state=(DPKG, EXTENDED, ETC),
        )

    def install(
        self, changes: Sequence[Change], patience: Patience, mark: Mapping[str, str]
    ) -> None:
        """Install exactly these versions, ask nobody, and keep the practice's settings files."""
        options = [f"--option={option}" for option in (*_KEPT_SETTINGS, _WAITS)]
        argv = ["apt-get", "-q", "-y", *options, *self._exactly(changes)]
        (value,) = mark.values()
        try:
            run(argv, self._environment(), patience, value)
        except PackagesFailed as failure:
            if "Could not get lock" in failure.said or "Unable to lock" in failure.said:
                raise PackagesFailed("manager_busy", failure.said) from failure
            raise

    def defects(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """Return what dpkg's audit says, and each package that is not at its version."""
        found = [line for line in self._dpkg("--audit").splitlines() if line.startswith(" ")]
        there = self.installed([change.package for change in changes])
        found += [
            f"{change.package} {there.get(change.package, '')}"
            for change in changes
            if there.get(change.package) != change.after
        ]
        return tuple(found)

    def installed(self, packages: Sequence[str]) -> Mapping[str, str]:
        """Ask dpkg; a package that is only half there has no version."""
        if not packages:
            return {}
        shown = subprocess.run(
            ["dpkg-query", "-W", f"-f={_SHOWN}", *packages],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,  # it fails where one of them is unknown, and still names the others
        )
        rows = [line.split("\t") for line in shown.stdout.splitlines()]
        there = [
            (name, kind, version) for name, kind, state, version in rows if state == "installed"
        ]
        named = {f"{name}:{kind}": version for name, kind, version in there}
        return {**named, **{name: version for name, _, version in there if name in packages}}

    def offered(self, package: str) -> str:
        """Return the version that apt would choose, or an empty text."""
        said = self._ask("apt-cache", "policy", package, trouble="not_installable")
        found = _CANDIDATE.search(said)
        return found[1] if found and found[1] != "(none)" else ""

    def hold(self, packages: Sequence[str]) -> None:
        """Run `apt-mark hold`."""
        if packages:
            self._ask("apt-mark", "hold", *packages, trouble="not_held")

    def release(self, packages: Sequence[str]) -> None:
        """Run `apt-mark unhold`."""
        if packages:
            self._ask("apt-mark", "unhold", *packages, trouble="not_held")

    def books_kept(self, changes: Sequence[Change], state: Path) -> None:
        """Put paragraphs of the status file and the files of `info` back, for these packages."""
        old = state / DPKG.relative_to(DPKG.anchor)
        names = {change.package for change in changes}
        before = {_name(text): text for text in _paragraphs(old / "status")}
        kept = [text for text in _paragraphs(DPKG / "status") if _name(text) not in names]
        kept += [text for name, text in before.items() if name in names]
        keep(DPKG / "status", "".join(f"{text}\n\n" for text in kept).encode(), mode=0o644)
        for folder, copying in ((DPKG / "info", False), (old / "info", True)):
            for file in folder.iterdir():
                if file.name.rpartition(".")[0].partition(":")[0] not in names:
                    continue
                if copying:
                    shutil.copy2(file, DPKG / "info" / file.name)
                else:
                    file.unlink()
        sync_folder(DPKG / "info")

    def _exactly(self, changes: Sequence[Change]) -> list[str]:
        cache = f"--option=Dir::Cache::archives={self._downloads}"
        pinned = [f"{change.package}={change.after}" for change in changes]
        return [cache, "--allow-change-held-packages", "--no-remove", "install", *pinned]

    def _archives(self, changes: Sequence[Change]) -> Iterator[Path]:
        """Yield the file of each package: fetched into our folder, or in a repository on disk."""
        nowhere = self._downloads / "none"  # so that apt names what is fetched already as well
        (nowhere / "partial").mkdir(parents=True, exist_ok=True)
        said = self._ask(
            "apt-get", "-qq", "-y", "--print-uris", f"--option=Dir::Cache::archives={nowhere}",
            "--allow-change-held-packages", "--reinstall", "install",
            *(f"{change.package}={change.after}" for change in changes),
            trouble="not_fetched",
        )  # fmt: skip
        for line in said.splitlines():
            if found := _URI.match(line):
                address = urlsplit(found[1])
                here = Path(unquote(address.path))
                fetched = self._downloads / found[2]
                file = here if address.scheme in {"file", "copy"} else fetched
                if not file.is_file():
                    raise PackagesFailed("not_fetched", str(file))
                yield file

    def _of_package(self, package: str) -> Iterator[str]:
        name = package.partition(":")[0]
        for file in (*DPKG.glob(f"info/{name}.list"), *DPKG.glob(f"info/{name}:*.list")):
            yield from _listed(file)

    def _held(self) -> list[str]:
        return self._ask("apt-mark", "showhold", trouble="not_held").split()

    def _dpkg(self, *argv: str) -> str:
        return self._ask("dpkg", *argv, trouble="half_installed")

    def _ask(self, *argv: str, trouble: str) -> str:
        try:
            done = subprocess.run(
                argv,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LIMIT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as failure:
            raise PackagesFailed("missing_program", str(failure)) from failure
        if done.returncode:
            raise PackagesFailed(trouble, (done.stderr or done.stdout).strip()[-2000:])
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        named = {"APT_CONFIG": str(self._settings)} if self._settings else {}
        quiet = {"DEBIAN_FRONTEND": "noninteractive", "APT_LISTCHANGES_FRONTEND": "none"}
        return {**kept, **named, **quiet, "NEEDRESTART_MODE": "l", "LC_ALL": "C.UTF-8"}


def parsed(said: str) -> Simulation:
    """Given what `apt-get -s` said, return what it would do."""
    lines = said.splitlines()
    changes = [found for line in lines if (found := _INSTALLS.match(line))]
    return Simulation(
        changes=tuple(
            Change(package=found[1], before=found[2] or "", after=found[3]) for found in changes
        ),
        removals=tuple(found[1] for line in lines if (found := _REMOVES.match(line))),
    )


def is_lock(path: Path) -> bool:
    """Return whether a file of dpkg's books is one of its locks, which say nothing."""
    return path.is_relative_to(DPKG) and str(path.relative_to(DPKG)) in _LOCKS


def _is_own(path: Path) -> bool:
    """Return whether a folder may belong to one package: /opt/x may, /usr/bin never does."""
    parts = path.parts
    least = 3 if parts[1:2] in {("opt",), ("srv",)} else _FOLDERS_OF_ALL
    return len(parts) >= least


def _listed(file: Path) -> list[str]:
    """Return the lines of one of dpkg's lists: as texts, there are a hundred thousand of them."""
    with contextlib.suppress(OSError):
        lines = file.read_text("utf-8", "surrogateescape").splitlines()
        return [line for line in lines if line not in {"", "/."}]
    return []


def _inside(archive: Path) -> Iterator[Path]:
    """Yield the paths of the files in a package."""
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE
    ) as process:
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
                for member in tar:
                    if not member.isdir():
                        yield Path("/", member.name.removeprefix(".").lstrip("/"))
        except tarfile.TarError as trouble:
            raise PackagesFailed("not_installable", f"{archive}: {trouble}") from trouble


def _paragraphs(file: Path) -> list[str]:
    return [
        text for text in file.read_text("utf-8", "surrogateescape").split("\n\n") if text.strip()
    ]


def _name(paragraph: str) -> str:
    first = paragraph.lstrip("\n").partition("\n")[0]
    return first.removeprefix("Package: ").strip()
