"""What a rule is, and which settings are in force, for people and programs."""

from __future__ import annotations

import inspect
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oai_lint.config import ALL, Config, ConfigError, Selection, known, nearest
from oai_lint.files import shown
from oai_lint.kinds import kind_of
from oai_lint.knowledge.eras import CHECKED
from oai_lint.patch import Safety
from oai_lint.report.places import url
from oai_lint.settings import CONFIDENCES, KEYS
from oai_lint.suppress import UNEXPLAINED

if TYPE_CHECKING:
    from oai_lint.resolving import Resolver
    from oai_lint.rule import Rule

_SAFETY = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe", Safety.SHOW: "display"}
_SENTENCES = {
    Safety.SAFE: "Its fix is safe",
    Safety.UNSAFE: "Its fix is unsafe",
    Safety.SHOW: "Its fix is only shown",
}


def explain(selector: str | None, *, as_json: bool) -> Iterator[str]:
    """Yield the text about one rule, or about all.

    Raises:
        ConfigError: there is no such rule.
    """
    rules = known()
    chosen = [rules[code] for code in sorted(rules)] if selector is None else [_named(selector)]
    if as_json:
        data = [described(rule) for rule in chosen]
        yield json.dumps(data[0] if selector is not None else data, indent=2) + "\n"
        return
    for position, rule in enumerate(chosen):
        yield "\n" * bool(position) + _page(rule)
    if selector is None:
        yield f"\n{counted(chosen)}\n"


def _named(word: str) -> type[Rule[Any]]:
    rules = known()
    by_word = {rule.name: rule for rule in rules.values()} | dict(rules)
    if word in by_word:
        return by_word[word]
    several = sorted(code for code in rules if word == ALL or (word and code.startswith(word)))
    if several:
        listed = ", ".join(several[:3]) + (", …" if len(several) > 3 else "")
        raise ConfigError(f"`{word}` stands for {len(several)} rules ({listed}); name one")
    raise ConfigError(f"`{word}` is no rule's code or name{nearest(word, [*by_word])}")


def counted(rules: Sequence[type[Rule[Any]]]) -> str:
    """Return how many rules there are, with a fix of each kind, and in force by default."""
    fixes = Counter(rule.safety for rule in rules if rule.fixes)
    safe, unsafe, shown = (fixes[safety] for safety in (Safety.SAFE, Safety.UNSAFE, Safety.SHOW))
    return (
        f"{len(rules)} rules: {fixes.total()} with a fix ({safe} safe, {unsafe} unsafe, "
        f"{shown} only shown), {sum(rule.on for rule in rules)} on by default"
    )


def described(rule: type[Rule[Any]]) -> dict[str, Any]:
    """Return everything about a rule as plain data."""
    return {
        "name": rule.name,
        "code": rule.code,
        "summary": inspect.cleandoc(rule.__doc__ or "").partition("\n")[0],
        "message": rule.message,
        "severity": rule.severity.value,
        "fix": {"title": rule.fixes, "safety": _SAFETY[rule.safety]} if rule.fixes else None,
        "default": rule.on,
        "openai": {
            "reaches": _version(rule.reaches),
            "starts": _version(rule.starts),
            "eras": [_version(v) for v in CHECKED if v >= (rule.starts or rule.reaches)],
        },
        "quiet_in": [
            place
            for place, quiet in (
                ("tests", rule.quiet_in_tests),
                ("examples", rule.quiet_in_examples),
            )
            if quiet
        ],
        "explanation": inspect.cleandoc(rule.__doc__ or ""),
        "examples": [{"bad": item.bad, "good": item.good} for item in rule.examples],
        "url": url(rule.code, rule.name),
    }


def _version(version: tuple[int, ...]) -> str | None:
    return ".".join(map(str, version)) or None


def _page(rule: type[Rule[Any]]) -> str:
    facts = [f"Severity: {rule.severity}", "on by default" if rule.on else "off by default"]
    if rule.reaches:
        facts.append(f"if the SDK range reaches {_version(rule.reaches)}")
    if rule.starts:
        facts.append(f"if the declared SDK range starts at {_version(rule.starts)} or later")
    if rule.quiet_in_tests:
        facts.append("silent in tests")
    if rule.quiet_in_examples:
        facts.append("silent in examples")
    lines = [f"# {rule.name} ({rule.code})", "", ", ".join(facts) + "."]
    if rule.fixes:
        lines += ["", f"{_SENTENCES[rule.safety]}: {rule.fixes}."]
    lines += ["", inspect.cleandoc(rule.__doc__ or "")]
    for item in rule.examples:
        fence = f"```{kind_of(item.path).value}"
        lines += ["", "## Example", "", fence, item.bad.strip("\n"), "```"]
        if item.good is not None:
            lines += ["", "Use instead:", "", fence, item.good.strip("\n"), "```"]
    return "\n".join(lines) + "\n"


def settings_in_force(resolver: Resolver, path: str) -> Iterator[str]:
    """Yield a line per setting in force for ``path``: its value and where it was set."""
    directory = path if os.path.isdir(path) else os.path.dirname(path)  # noqa: PTH112, PTH120
    config = resolver.for_directory(directory)
    yield f"file: {shown(config.origin) if config.origin else 'none'}\n"
    yield f"root: {config.root or os.getcwd()}\n"  # noqa: PTH109
    for key, (value, origin) in values_in_force(resolver, directory).items():
        yield f"{key} = {value}  # {origin or 'default'}\n"
    yield "\n"
    for code in sorted(config.codes):
        yield f"{code} {known()[code].name}\n"


def values_in_force(resolver: Resolver, directory: str) -> dict[str, tuple[str, str]]:
    """Return each setting in force as TOML, and where it was set: nowhere if it is the default."""
    config = resolver.for_directory(directory)
    origins = resolver.origins(directory)
    found = {
        key: (_toml(value), shown(origins[key]) if key in origins else "")
        for key, value in _values(config).items()
    }
    target = config.target
    where = shown(target.origin) if target.declared else "declared nowhere: every version"
    found["openai"] = (_toml(str(target.openai)), where)
    return found


def _values(config: Config) -> Mapping[str, Any]:
    select, extend, ignore = _joined(config.selections)
    fixable, extend_fixable, unfixable = _joined(config.fixing)
    special = {
        "per-file-ignores": {item.pattern: item.codes for item in config.per_file_ignores},
        "severity": config.severities,
        "confidence": CONFIDENCES[config.confidence],
        "select": select,
        "extend-select": extend,
        "ignore": ignore,
        "fixable": (ALL,) if fixable is None else fixable,
        "extend-fixable": extend_fixable,
        "unfixable": unfixable,
        "require-reason": UNEXPLAINED in config.codes,
    }
    values = {}
    for key in KEYS:
        if key not in ("openai", "extend-per-file-ignores"):
            value = special[key] if key in special else getattr(config, key.replace("-", "_"))
            values[key] = value
    return values


def _joined(selections: Sequence[Selection]) -> Selection:
    """Return what several places say as if one did; a ``select`` forgets what was before."""
    result = Selection()
    for select, extend, ignore in selections:
        before = Selection() if select is not None else result
        result = Selection(
            before.select if select is None else select,
            (*before.extend, *extend),
            (*before.ignore, *ignore),
        )
    return result


def _toml(value: object) -> str:
    if value is None:
        return '"the rules that are on by default"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(str(value), ensure_ascii=False)
