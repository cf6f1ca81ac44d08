"""Which rules are in force, and what a setting may say."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import pytest

from oai_lint.config import Config, ConfigError, PerFile, Selection, known
from oai_lint.patch import Safety
from oai_lint.resolving import Resolver
from oai_lint.rule import Confidence, Severity
from oai_lint.settings import inline, layer, read


def codes(*selections: Selection) -> frozenset[str]:
    return Config(selections=selections).codes


def test_defaults_are_the_rules_that_are_on() -> None:
    config = Config()
    assert config.codes == {code for code, rule in known().items() if rule.on}
    assert {"OAI111", "OAI901"} <= config.codes
    assert config.today == datetime.date.today()
    assert config.confidence is Confidence.MEDIUM


@pytest.mark.parametrize("selector", ["OAI111", "positional-api-key"])
def test_select_leaves_what_is_named_and_what_cannot_be_left(selector: str) -> None:
    assert codes(Selection(select=(selector,))) == {"OAI111", "OAI900", "OAI902"}


def test_prefix_and_all() -> None:
    assert codes(Selection(select=("ALL",))) == set(known())
    assert codes(Selection(select=("OAI9",))) == {
        "OAI900",
        "OAI901",
        "OAI902",
        "OAI903",
    }


def test_the_more_specific_selector_wins() -> None:
    assert "OAI111" in codes(Selection(select=("OAI111",), ignore=("OAI1",)))
    assert "OAI111" not in codes(Selection(select=("OAI1",), ignore=("positional-api-key",)))
    assert "OAI111" not in codes(Selection(select=("OAI111",), ignore=("OAI111",)))
    assert "OAI111" not in codes(Selection(ignore=("ALL",)))


def test_a_later_select_forgets_an_earlier_ignore() -> None:
    file = Selection(select=("OAI9",), ignore=("OAI111",))
    assert "OAI111" in codes(file, Selection(select=("OAI1",)))
    assert "OAI901" not in codes(file, Selection(select=("OAI1",)))
    assert "OAI901" in codes(file, Selection(extend=("OAI111",)))
    assert "OAI901" not in codes(file, Selection(ignore=("OAI901",)))


def test_failures_are_reported_unless_ignored_by_name() -> None:
    assert "OAI900" in codes(Selection(select=("OAI111",), ignore=("OAI9",)))
    assert "OAI900" not in codes(Selection(ignore=("unparsable-file",)))


def test_explicit_is_a_whole_code_or_name() -> None:
    assert Config(selections=(Selection(extend=("positional-api-key",)),)).explicit("OAI111")
    assert not Config(selections=(Selection(select=("OAI1", "ALL")),)).explicit("OAI111")
    later = (Selection(select=("OAI111",)), Selection(select=("ALL",)))
    assert not Config(selections=later).explicit("OAI111")


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("tests/*", "tests/a/b.py", True),
        ("tests/*", "app/tests/b.py", False),
        ("**/tests/*", "app/tests/b.py", True),
        ("**/tests/*", "tests/b.py", True),
        ("conftest.py", "deep/down/conftest.py", True),
        ("*.pyi", "a/b.pyi", True),
        ("a/{b,c}.py", "a/c.py", True),
        ("a/[!b].py", "a/b.py", False),
        ("a/[!b].py", "a/c.py", True),
        ("a?.py", "ab.py", True),
        ("a.py", "a-py", False),
        ("!tests/*", "app.py", True),
        ("!tests/*", "tests/app.py", False),
    ],
)
def test_per_file_ignores(pattern: str, path: str, ignored: bool) -> None:
    config = Config(root="/project", per_file_ignores=(PerFile(pattern, ("OAI1",)),))
    assert config.enabled("OAI111", f"/project/{path}") is not ignored
    assert config.enabled("OAI901", f"/project/{path}")


def test_tests_and_examples_are_told_from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(root="/home/tests/project")
    assert not config.is_test("/home/tests/project/app.py")
    for path in ("tests/x.py", "a/test_x.py", "conftest.py", "a/x_test.py"):
        assert config.is_test(f"/home/tests/project/{path}")
    assert not config.is_test("/home/tests/project/contest.py")
    assert config.is_example("/home/tests/project/docs/a/x.py")
    assert not config.is_example("/home/tests/project/docs.py")
    monkeypatch.chdir("/")
    assert Config().is_test("tests/x.py")
    assert not Config().is_test("-")


def test_severity() -> None:
    config = Config(severities={"OAI1": Severity.INFO, "OAI111": Severity.ERROR})
    assert config.severity("OAI111", Severity.WARNING) is Severity.ERROR
    assert config.severity("OAI901", Severity.WARNING) is Severity.WARNING


def test_safety() -> None:
    promoted = Config(extend_safe_fixes=("OAI1",))
    assert promoted.safety("OAI111", Safety.UNSAFE) is Safety.SAFE
    assert promoted.safety("OAI901", Safety.UNSAFE) is Safety.UNSAFE
    assert promoted.safety("OAI111", Safety.SHOW) is Safety.SHOW
    demoted = Config(extend_unsafe_fixes=("OAI111",), extend_safe_fixes=("ALL",))
    assert demoted.safety("OAI111", Safety.SAFE) is Safety.UNSAFE
    assert demoted.safety("OAI111", Safety.UNSAFE) is Safety.UNSAFE


def test_rules_whose_fixes_may_be_applied() -> None:
    def fixable(*fixing: Selection) -> bool:
        return Config(fixing=fixing).safety("OAI111", Safety.SAFE) is not None

    assert fixable()
    assert not fixable(Selection(ignore=("OAI1",)))
    assert not fixable(Selection(("OAI9",)))
    assert fixable(Selection(("OAI111",), ignore=("OAI1",)))
    assert fixable(Selection(("OAI9",)), Selection(extend=("OAI111",)))
    assert fixable(Selection(ignore=("OAI111",)), Selection(extend=("OAI1",)))
    assert not fixable(Selection(("OAI1",)), Selection(("OAI9",)))


def test_config_reaches_a_worker() -> None:
    config = Config(root="/project", severities={"OAI1": Severity.INFO})
    assert config.codes
    copy = pickle.loads(pickle.dumps(config))
    assert copy == config
    assert copy.in_force("/project/a.py") == config.in_force("/project/a.py")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "unknown key `selct`; did you mean `select`?"),
        (
            "per_file_ignores = {}",
            "unknown key `per_file_ignores`; did you mean `per-file-ignores`",
        ),
        ('select = "OAI1"', "`select`: must be a list of strings"),
        (
            'ignore = ["OAI11l"]',
            "`ignore`: `OAI11l` is no rule, prefix or `ALL`; did you mean `OAI",
        ),
        ('select = ["positional-apikey"]', "did you mean `positional-api-key`?"),
        ('openai = "new"', "`openai`: must be a version or a specifier"),
        ("openai = 1.5", '`openai`: must be a string, such as ">=1.40,<2"'),
        ('http-client = "htpx"', "did you mean `httpx`?"),
        ('clients = {client = "OpenAI"}', "must be a dotted name"),
        ('clients = {"a.b" = "OpenAi"}', "did you mean `OpenAI`?"),
        ('severity = {OAI111 = "eror"}', "did you mean `error`?"),
        ("severity = {OAI1x1 = 'error'}", "is no rule, prefix or `ALL`"),
        ('per-file-ignores = {"a.py" = ["nonsense"]}', "`nonsense` is no rule"),
        ("fix = 1", "`fix`: must be `true` or `false`"),
        ('today = "tomorrow"', "must be a date such as"),
        ('output-format = "sarif-ish"', "must be one of `full`"),
    ],
)
def test_bad_settings_name_file_key_and_what_was_meant(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "oai-lint.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_every_key_reaches_the_config(tmp_path: Path) -> None:
    (tmp_path / "oai-lint.toml").write_text("""
select = ["OAI1"]
extend-select = ["OAI901"]
ignore = ["OAI111"]
per-file-ignores = { "a.py" = ["ALL"] }
exclude = ["one"]
extend-exclude = ["two"]
force-exclude = true
respect-gitignore = false
fixable = ["OAI1"]
unfixable = ["OAI9"]
extend-safe-fixes = ["OAI1"]
extend-unsafe-fixes = ["OAI111"]
severity = { OAI111 = "info" }
openai = ">=1.40,<2"
http-client = "httpx"
clients = { "app.llm.client" = "AsyncOpenAI" }
confidence = "high"
today = 2026-01-31
output-format = "concise"
fix = true
unsafe-fixes = true
""")
    config = Resolver().for_file(str(tmp_path / "sub" / "x.py"))
    assert config.root == str(tmp_path)
    assert config.selections == (Selection(("OAI1",), ("OAI901",), ("OAI111",)),)
    assert config.per_file_ignores == (PerFile("a.py", ("ALL",)),)
    assert (config.exclude, config.extend_exclude) == (("one",), ("two",))
    assert config.force_exclude
    assert not config.respect_gitignore
    assert config.fixing == (Selection(("OAI1",), (), ("OAI9",)),)
    assert (config.extend_safe_fixes, config.extend_unsafe_fixes) == (("OAI1",), ("OAI111",))
    assert config.severities == {"OAI111": Severity.INFO}
    assert (config.target.openai.low, config.target.openai.high) == ((1, 40, 0), (2,))
    assert config.target.origin == str(tmp_path / "oai-lint.toml")
    assert config.http_client == "httpx"
    assert config.clients == {"app.llm.client": "AsyncOpenAI"}
    assert config.confidence is Confidence.HIGH
    assert config.today == datetime.date(2026, 1, 31)
    assert config.output_format == "concise"
    assert config.fix
    assert config.unsafe_fixes


def test_nearest_file_wins_and_a_pyproject_without_settings_is_none(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.oai-lint]\nconfidence = "low"\n')
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")
    resolver = Resolver()
    assert resolver.for_directory(str(inner)).confidence is Confidence.LOW
    (inner / ".oai-lint.toml").write_text('confidence = "high"\n')
    (inner / "pyproject.toml").write_text('[tool.oai-lint]\nconfidence = "medium"\n')
    assert Resolver().for_directory(str(inner)).confidence is Confidence.HIGH
    assert Resolver(isolated=True).for_directory(str(inner)).confidence is Confidence.MEDIUM
    assert resolver.for_directory(str(inner)).confidence is Confidence.LOW  # looked up once


def test_layers_go_before_files(tmp_path: Path) -> None:
    (tmp_path / "oai-lint.toml").write_text(
        'confidence = "low"\nextend-exclude = ["a"]\nper-file-ignores = {"x" = ["ALL"]}\n'
    )
    layers = [
        inline('confidence = "high"'),
        layer("command line", {"extend-exclude": ["b"], "per-file-ignores": {"y": ["OAI1"]}}),
    ]
    config = Resolver(layers=layers).for_directory(str(tmp_path))
    assert config.confidence is Confidence.HIGH
    assert config.extend_exclude == ("a", "b")
    assert [item.pattern for item in config.per_file_ignores] == ["y"]


def test_a_file_may_begin_as_notepad_writes_it(tmp_path: Path) -> None:
    (tmp_path / "oai-lint.toml").write_text('confidence = "low"\n', encoding="utf-8-sig")
    assert Resolver().for_directory(str(tmp_path)).confidence is Confidence.LOW


def test_broken_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.poetry\n")
    assert Resolver().for_directory(str(tmp_path)).origin == ""  # not ours to judge
    (tmp_path / "pyproject.toml").write_text("[tool.oai-lint]\nselect = [\n")
    with pytest.raises(ConfigError, match="not valid TOML"):
        Resolver().for_directory(str(tmp_path))
