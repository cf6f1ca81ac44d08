"""The SDK range, from specifiers and from the files that projects keep."""

# ruff: noqa: E501 - a row of the table reads best on a line

from __future__ import annotations

from pathlib import Path

import pytest

from oai_lint.resolving import Resolver
from oai_lint.settings import inline
from oai_lint.target import FOREVER, Range, Target, Version, parse_range


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", (0,), FOREVER),
        ("*", (0,), FOREVER),
        (">=1.40,<2", (1, 40, 0), (2,)),
        (">= 1.40 , < 2.0.0", (1, 40, 0), (2,)),
        ("~=1.2", (1, 2, 0), (2,)),
        ("~=1.2.3", (1, 2, 3), (1, 3)),
        ("==1.*", (1, 0, 0), (2,)),
        ("==1.5.2", (1, 5, 2), (1, 5, 3)),
        ("==1.5", (1, 5, 0), (1, 5, 1)),
        (">1.2", (1, 2, 1), FOREVER),
        ("<=1.2", (0,), (1, 2, 1)),
        (">=1,!=1.5", (1, 0, 0), FOREVER),
        ("!=1.5", (0,), FOREVER),
        (">=1.0.0rc1", (1, 0, 0), FOREVER),
        ("1", (1, 0, 0), (2,)),
        ("1.55", (1, 55, 0), (1, 56)),
        ("v1.55.3", (1, 55, 3), (1, 55, 4)),
        ("^1.2", (1, 2, 0), (2,)),
        ("^0.27.8", (0, 27, 8), (0, 28)),
        ("^0.0.3", (0, 0, 3), (0, 0, 4)),
        ("~1.2", (1, 2, 0), (1, 3)),
        ("^0.27 || ^1.0", (0, 27, 0), (2,)),
    ],
)
def test_parse_range(text: str, low: Version, high: Version) -> None:
    assert parse_range(text) == Range(low, high)


@pytest.mark.parametrize("text", ["new", ">=", "1.x", ">=1;<2", "==="])
def test_bad_range(text: str) -> None:
    with pytest.raises(ValueError):
        parse_range(text)


def test_borders() -> None:
    below = Target(parse_range("<2.0.0"), declared=True)
    assert below.reaches(1, 99)
    assert not below.reaches(2)
    assert not below.reaches(2, 0, 0)
    assert not Target(parse_range("<1.0"), declared=True).reaches(1)
    above = Target(parse_range(">=1"), declared=True)
    assert above.starts(1)
    assert above.starts(1, 0, 0)
    assert not above.starts(1, 0, 1)
    assert above.reaches(99)
    assert not Target().starts(1)
    assert Target().reaches(3)


UV = """version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }

[[package]]
name = "httpx"
version = "0.28.1"

[[package]]
name = "openai"
version = "1.58.1"
"""
ONE = (1, 58, 1), (1, 58, 2)

CASES: list[tuple[str, dict[str, str], tuple[Version, Version] | None, str]] = [
    ("nothing", {}, None, ""),
    (
        "uv",
        {"uv.lock": UV, "pyproject.toml": '[project]\ndependencies=["openai>=1"]'},
        ONE,
        "uv.lock",
    ),
    (
        "poetry lock",
        {"poetry.lock": '[[package]]\nname = "openai"\nversion = "1.58.1"\n'},
        ONE,
        "poetry.lock",
    ),
    (
        "pdm lock",
        {"pdm.lock": '[[package]]\nname = "openai"\nversion = "1.58.1"\n'},
        ONE,
        "pdm.lock",
    ),
    (
        "pipenv lock",
        {"Pipfile.lock": '{"default": {"openai": {"version": "==1.58.1"}}}'},
        ONE,
        "Pipfile.lock",
    ),
    (
        "two markers in a lock",
        {"uv.lock": UV + '\n[[package]]\nname = "openai"\nversion = "0.28.1"\n'},
        ((0, 28, 1), (1, 58, 2)),
        "uv.lock",
    ),
    (
        "pins",
        {"requirements.txt": "openai[datalib] == 1.58.1 ; python_version > '3' # why\n"},
        ONE,
        "requirements.txt",
    ),
    (
        "hashes",
        {"requirements-dev.txt": "openai==1.58.1 \\\n    --hash=sha256:00\n"},
        ONE,
        "requirements-dev.txt",
    ),
    (
        "range beside a pin",
        {"requirements.txt": "httpx==0.27\nopenai>=1,<2\n"},
        ((1, 0, 0), (2,)),
        "requirements.txt",
    ),
    (
        "included",
        {"requirements.txt": "-r more.txt\n", "more.txt": "-r requirements.txt\nopenai==1.58.1\n"},
        ONE,
        "requirements.txt",
    ),
    ("bare", {"requirements.txt": "openai\n"}, None, ""),
    (
        "bare and constrained",
        {
            "requirements.txt": "openai\n",
            "setup.cfg": "[options]\ninstall_requires =\n  openai~=1.58.1\n",
        },
        ((1, 58, 1), (1, 59)),
        "setup.cfg",
    ),
    ("parentheses", {"requirements.txt": "openai (>=1.58.1,<1.58.2)\n"}, ONE, "requirements.txt"),
    ("address", {"requirements.txt": "openai @ git+https://example.org/openai@v1\n"}, None, ""),
    ("other packages", {"requirements.txt": "openai-whisper==1.0\nmyopenai==2\n"}, None, ""),
    ("case and underscores", {"requirements.txt": "OpenAI==1.58.1\n"}, ONE, "requirements.txt"),
    (
        "optional",
        {
            "pyproject.toml": '[project]\nname="a"\n[project.optional-dependencies]\nllm=["openai ==1.58.1"]'
        },
        ONE,
        "pyproject.toml",
    ),
    (
        "groups",
        {"pyproject.toml": '[dependency-groups]\ndev=["openai==1.58.1", {include-group="x"}]'},
        ONE,
        "pyproject.toml",
    ),
    (
        "markers",
        {
            "pyproject.toml": "[project]\ndependencies=[\"openai<1; python_version<'3.8'\", \"openai>=1.2,<2; python_version>='3.8'\"]"
        },
        ((0,), (2,)),
        "pyproject.toml",
    ),
    (
        "poetry",
        {
            "pyproject.toml": '[tool.poetry.dependencies]\npython="^3.11"\nopenai={version="^1.2", extras=["datalib"]}'
        },
        ((1, 2, 0), (2,)),
        "pyproject.toml",
    ),
    (
        "poetry group",
        {
            "pyproject.toml": '[tool.poetry.group.dev.dependencies]\nopenai=[{version="^0.27"}, {version="^1.2"}]'
        },
        ((0, 27, 0), (2,)),
        "pyproject.toml",
    ),
    (
        "hatch",
        {"pyproject.toml": '[tool.hatch.envs.default]\ndependencies=["openai==1.58.1"]'},
        ONE,
        "pyproject.toml",
    ),
    ("pipfile", {"Pipfile": '[packages]\nopenai = "==1.58.1"\n'}, ONE, "Pipfile"),
    (
        "extras in setup.cfg",
        {"setup.cfg": "[options.extras_require]\nllm = openai==1.58.1\n"},
        ONE,
        "setup.cfg",
    ),
    (
        "setup.py",
        {"setup.py": 'R = ["openai==1.58.1"]\nsetup(install_requires=R)\n'},
        ONE,
        "setup.py",
    ),
    (
        "setup.py extras",
        {"setup.py": 'setup(extras_require={"a": ["openai==1.58.1"]})\n'},
        ONE,
        "setup.py",
    ),
    (
        "extras narrow what the package asks for",
        {
            "pyproject.toml": '[project]\nname="a"\ndependencies=["openai>=0.27.8, <1.0.0"]\n[project.optional-dependencies]\nopenai=["openai>=0.27.8"]'
        },
        ((0, 27, 8), (1,)),
        "pyproject.toml",
    ),
    (
        "groups narrow what the package asks for",
        {
            "pyproject.toml": '[tool.poetry.dependencies]\nopenai="^1.2"\n[tool.poetry.group.dev.dependencies]\nopenai=">=0.27"'
        },
        ((1, 2, 0), (2,)),
        "pyproject.toml",
    ),
    (
        "extras narrow what setup.cfg asks for",
        {
            "setup.cfg": "[options]\ninstall_requires =\n  openai<1\n[options.extras_require]\nx = openai>=0.27\n"
        },
        ((0,), (1,)),
        "setup.cfg",
    ),
    (
        "extras narrow what setup.py asks for",
        {
            "setup.py": 'setup(extras_require={"a": ["openai>=0.27"]}, install_requires=["openai<1"])\n'
        },
        ((0,), (1,)),
        "setup.py",
    ),
    (
        "setup.py computed",
        {"setup.py": "setup(install_requires=open('r').read().split())\n"},
        None,
        "",
    ),
    (
        "wrong types",
        {
            "pyproject.toml": '[project]\ndependencies = "openai"\nname = 3\n[dependency-groups]\na = 1\n'
        },
        None,
        "",
    ),
    ("impossible version", {"requirements.txt": "openai==latest\n"}, None, ""),
]


@pytest.mark.parametrize(
    ("files", "expected", "origin"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_metadata(
    tmp_path: Path,
    files: dict[str, str],
    expected: tuple[Version, Version] | None,
    origin: str,
) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    resolver = Resolver()
    target = resolver.for_file(str(tmp_path / "pkg" / "app.py")).target
    assert target.declared is (expected is not None)
    assert target.openai == (Range(*expected) if expected else Range())
    assert Path(target.origin).name == origin
    assert resolver.warnings == []


def test_httpx_and_names(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "uv.lock").write_text(UV)
    target = Resolver().for_directory(str(tmp_path)).target
    assert target.httpx == Range((0, 28, 1), (0, 28, 2))
    assert not target.lacks("httpx")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname="app"\ndependencies=["openai","Lang_Chain"]'
    )
    target = Resolver().for_directory(str(tmp_path)).target
    assert target.packages == frozenset({"openai", "lang-chain"})
    assert target.lacks("httpx")
    assert not Target().lacks("httpx")


def test_the_lock_of_a_workspace_goes_before_a_member_and_not_before_a_stranger(
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "uv.lock").write_text(UV)
    for name in ("app", "stranger"):
        (tmp_path / name).mkdir()
        text = f'[project]\nname = "{name}"\ndependencies = ["openai<1"]\n'
        (tmp_path / name / "pyproject.toml").write_text(text)
    resolver = Resolver()
    assert resolver.for_directory(str(tmp_path / "app")).target.openai == Range(*ONE)
    assert resolver.for_directory(str(tmp_path / "stranger")).target.openai == Range((0,), (1,))
    (tmp_path / "demo" / "src").mkdir(parents=True)
    (tmp_path / "demo" / "requirements.txt").write_text("openai>=0.27,<1\n")
    target = resolver.for_directory(str(tmp_path / "demo" / "src")).target
    assert target.openai == Range((0, 27, 0), (1,))


def test_nothing_is_read_above_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("openai==0.28\n")
    (tmp_path / "checkout" / ".git").mkdir(parents=True)
    assert not Resolver().for_directory(str(tmp_path / "checkout")).target.declared


def test_settings_go_before_metadata_and_isolated_leaves_metadata(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").write_text("openai==1.58.1\nhttpx<0.28\n")
    (tmp_path / "oai-lint.toml").write_text('openai = ">=2"\n')
    target = Resolver().for_directory(str(tmp_path)).target
    assert (target.openai, target.httpx) == (Range((2, 0, 0)), Range(high=(0, 28)))
    isolated = Resolver(isolated=True).for_directory(str(tmp_path)).target
    assert isolated.openai == Range(*ONE)
    option = Resolver(layers=[inline('openai = "3"')]).for_directory(str(tmp_path)).target
    assert option.openai == Range((3, 0, 0), (4,))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("pyproject.toml", b"[project\n", "not valid TOML"),
        ("pyproject.toml", b"\xff\xff", "not UTF-8"),
        ("Pipfile.lock", b"{", "not valid JSON"),
        ("setup.cfg", b"install_requires\n", "not readable"),
    ],
)
def test_broken_metadata_is_a_warning(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_bytes(data)
    resolver = Resolver()
    assert not resolver.for_directory(str(tmp_path)).target.declared
    (warning,) = resolver.warnings
    assert warning.startswith(f"{tmp_path / name}: {reason}")


def test_requirements_in_utf_16(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").write_bytes("openai==1.58.1\r\n".encode("utf-16"))
    assert Resolver().for_directory(str(tmp_path)).target.openai == Range(*ONE)
