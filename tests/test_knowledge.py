"""The tables of `oai_lint.knowledge`: sound in themselves, and true of the SDK of every era."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from oai_lint.knowledge import (
    clients,
    deprecations,
    endpoints,
    eras,
    errors,
    legacy,
    models,
    variables,
)
from oai_lint.knowledge.eras import V1, V, Version
from oai_lint.knowledge.synonyms import SYNONYMS

ROOT = Path(__file__).resolve().parent.parent
SURFACE = ROOT / "scripts" / "sdk_surface.py"
TODAY = "2026-11-22"


# --- in themselves


def test_the_package_imports_nothing_but_the_standard_library_and_itself() -> None:
    names = [path.stem for path in (ROOT / "oai_lint" / "knowledge").glob("[!_]*.py")]
    program = (
        "import sys, importlib\n"
        "before = set(sys.modules)\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(f'oai_lint.knowledge.{name}')\n"
        "print(*(set(sys.modules) - before))\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program, *names],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout
    loaded = printed.split()
    ours = {name for name in loaded if name.startswith("oai_lint")}
    assert all(name == "oai_lint" or name.startswith("oai_lint.knowledge") for name in ours)
    tops = {name.partition(".")[0] for name in loaded} - {"oai_lint"}
    assert tops <= sys.stdlib_module_names
    assert "dataclasses" not in loaded


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1", V(1)),
        ("v1.55", V(1, 55)),
        (" 1.55.3 ", V(1, 55, 3)),
        ("1.55.3rc1", V(1, 55, 3)),
        ("1.55rc1.7", V(1, 55)),
        ("1.55.3.post1", V(1, 55, 3)),
        ("2.0.0+local", V(2)),
    ],
)
def test_a_version_is_read(text: str, version: Version) -> None:
    assert Version.parse(text) == version


@pytest.mark.parametrize("text", ["", "latest", "v", ".1", "¹.2"])
def test_a_text_that_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


def test_a_version_compares_with_plain_tuples_and_prints_as_written() -> None:
    assert V(1, 55) < (1, 55, 3) < V(1, 56)
    assert str(V(1, 55, 3)) == "1.55.3"


def test_every_client_has_its_twin() -> None:
    for name, client in clients.CLIENTS.items():
        assert clients.CLIENTS[clients.twin(name)].is_async is not client.is_async


def test_mistaken_keywords_are_none_of_the_real_ones() -> None:
    real = {keyword for client in clients.CLIENTS.values() for keyword in client.keywords}
    assert real.isdisjoint(clients.MISTAKEN_KEYWORDS)
    assert {new for new in clients.MISTAKEN_KEYWORDS.values() if new} <= real


def test_every_row_of_the_endpoints_can_be_read() -> None:
    for path in endpoints.PATHS:
        found = endpoints.endpoint(path)
        assert found is not None
        assert bool(found.method) is bool(found.url)
        assert found.until is None or found.since < found.until
        for parameter in found.parameters.values():
            assert parameter.since >= found.since
            assert parameter.until is None or parameter.since < parameter.until


def test_methods_that_clients_lost_have_a_place_today_or_something_that_does_their_work() -> None:
    groups = (*endpoints.MOVED, *endpoints.REPLACED)
    rows = [row for path in endpoints.PATHS if (row := endpoints.endpoint(path)) is not None]
    lost = [row.path for row in rows if row.until is not None]
    assert lost
    for path in lost:
        (group,) = [group for group in groups if path.startswith(f"{group}.")]
        if group in endpoints.MOVED:
            found = endpoints.endpoint(path.replace(group, endpoints.MOVED[group], 1))
            assert found is not None, path
            assert found.until is None, path


def test_wrappers_lead_to_the_same_method() -> None:
    wrapped = endpoints.endpoint("chat.completions.with_raw_response.create")
    assert wrapped is not None
    assert wrapped is not endpoints.endpoint("chat.completions.list")
    assert wrapped.path == "chat.completions.create"
    assert endpoints.endpoint("chat.completions.acreate") is None


def test_keywords_of_methods() -> None:
    assert endpoints.takes("chat.completions.create", "timeout")
    assert endpoints.takes("chat.completions.create", "max_completion_tokens")
    assert endpoints.takes("chat.completions.create", "request_timeout") is False
    assert endpoints.takes("chat.completions.acreate", "model") is None


def test_raw_requests_are_those_of_the_sdk() -> None:
    for raw in endpoints.RAW:
        found = endpoints.endpoint(raw.path)
        assert found is not None, raw
        assert (found.method, found.url) == (raw.method, raw.url)
        assert set(re.findall(r"{(\w+)}", raw.url)) <= set(found.parameters)


def test_a_raw_request_finds_its_call() -> None:
    found = endpoints.raw_endpoint("get", "/models/gpt-4o/")
    assert found is not None
    assert found[0].path == "models.retrieve"
    assert found[1] == {"model": "gpt-4o"}
    assert endpoints.raw_endpoint("GET", "/embeddings") is None
    assert endpoints.raw_endpoint("GET", "/models/a/b") is None


def test_paths_that_only_create_are_never_read_by_the_sdk() -> None:
    requests = {
        (found.method, found.url) for path in endpoints.PATHS if (found := endpoints.endpoint(path))
    }
    for url in endpoints.CREATE_ONLY:
        assert ("POST", url) in requests
        assert ("GET", url) not in requests
    assert "/chat/completions" in endpoints.fixed_urls()


def test_shut_down_paths() -> None:
    for row in endpoints.SHUT_DOWN:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.date)
        assert row.source.startswith("https://")
        assert row.new is None or row.new in endpoints.fixed_urls()
    engines = endpoints.shut_down("/engines/davinci/completions")
    assert engines is not None
    assert endpoints.shut_down("/enginesque") is None
    match = endpoints.ENGINE_PATH.fullmatch("/engines/text-davinci-003/completions")
    assert match is not None
    assert match["rest"] == "completions"


def test_legacy_calls_lead_to_real_methods_and_parameters() -> None:
    for call in legacy.CALLS.values():
        cls, _, method = call.name.partition(".")
        assert cls in legacy.CLASSES
        assert call.is_async is (method[0] == "a"), call.name
        if call.new is None:
            assert call.instead
            continue
        found = endpoints.endpoint(call.new)
        assert found is not None, call
        assert found.until is None
        known = {*found.parameters, *endpoints.COMMON_PARAMETERS, *legacy.FOLDED}
        assert {name for name in call.positional if name} <= known, call
        assert set(call.rename.values()) <= known, call
        assert call.by_position is any(p.positional for p in found.parameters.values()), call


def test_legacy_names_are_found_by_the_long_way_too() -> None:
    short = legacy.call_of("openai.ChatCompletion.create")
    assert short is not None
    assert legacy.call_of("openai.api_resources.ChatCompletion.create") is short
    assert legacy.call_of("openai.api_resources.chat_completion.ChatCompletion.create") is short
    assert legacy.call_of("openai.api_resources.image.ChatCompletion.create") is None
    assert legacy.call_of("litellm.ChatCompletion.create") is None
    assert legacy.class_of("openai.Image") == "Image"
    assert legacy.class_of("openai.OpenAI") is None


def test_settings_name_real_keywords() -> None:
    real = {keyword for client in clients.CLIENTS.values() for keyword in client.keywords}
    for setting in legacy.SETTINGS.values():
        assert setting.keyword is None or setting.keyword in real, setting
    silent = {setting.name for setting in legacy.SETTINGS.values() if setting.is_silent}
    assert silent >= legacy.TRANSPORT_SETTINGS
    assert silent >= legacy.UNREADABLE_SETTINGS


def test_the_error_tree_says_which_handler_covers_which() -> None:
    assert errors.covers("APIError", "RateLimitError")
    assert errors.covers("APIConnectionError", "APITimeoutError")
    assert errors.covers("Exception", "OpenAIError")
    assert not errors.covers("RateLimitError", "AuthenticationError")
    assert not errors.covers("APITimeoutError", "APIConnectionError")
    assert not errors.covers("OpenAIError", "InvalidWebhookSignatureError")
    assert not errors.legacy_covers("APIError", "Timeout")
    assert errors.legacy_covers("OpenAIError", "Timeout")
    order = sorted(errors.ERRORS, key=errors.depth, reverse=True)
    assert not any(
        errors.covers(first, then) for at, first in enumerate(order) for then in order[at + 1 :]
    )


def test_renamed_errors_exist() -> None:
    assert set(errors.RENAMES) == errors.LEGACY_ERRORS
    for rename in errors.RENAMES.values():
        assert rename.new is None or rename.new in errors.ERRORS
    for name, meant in errors.NOT_EXCEPTIONS.items():
        assert name not in errors.ERRORS
        assert meant is None or meant in errors.ERRORS


def test_removed_attributes_were_there_and_their_successors_are() -> None:
    for attribute in errors.REMOVED_ATTRIBUTES.values():
        assert not errors.has_attribute("RateLimitError", attribute.name)
        if attribute.new:
            assert errors.has_attribute(attribute.on, attribute.new.partition(".")[0])


@pytest.mark.parametrize("table", [models.RETIREMENTS, models.FINE_TUNED])
def test_every_retirement_has_a_day_and_a_source(table: dict[str, models.Retirement]) -> None:
    for model, row in table.items():
        assert row.model == model
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", row.date)
        assert row.source.startswith("https://")
        assert model not in row.successors


@pytest.mark.parametrize("day", [TODAY, "2024-02-01", "2027-06-01"])
def test_a_successor_is_never_shut_down_itself(day: str) -> None:
    for model in models.RETIREMENTS:
        found = models.successor(model, day)
        assert found is None or not models.is_shut_down(found, day)


def test_successors_are_followed_through_later_retirements() -> None:
    assert models.successor("text-davinci-003", "2024-02-01") == "gpt-3.5-turbo-instruct"
    assert models.successor("text-davinci-003", TODAY) == "gpt-5.4-mini"
    assert models.successor("gpt-6-luna", TODAY) is None


def test_the_models_that_stopped_in_october_2026() -> None:
    for model in ("gpt-3.5-turbo", "gpt-4", "gpt-4-turbo", "o1", "o3-mini", "gpt-image-1"):
        assert not models.is_shut_down(model, "2026-10-22")
        assert models.is_shut_down(model, "2026-10-23")
    assert not models.is_shut_down("gpt-4o", TODAY)


def test_fine_tuned_models_go_with_their_base_unless_they_have_a_day_of_their_own() -> None:
    own = models.retirement("ft:gpt-3.5-turbo-0613:acme::abc")
    assert own is not None
    assert own.date == "2026-10-23"
    with_base = models.retirement("ft:gpt-4o-2024-08-06:acme::abc")
    assert with_base is not None
    assert with_base.date == "2027-01-14"
    old = models.retirement("curie:ft-acme-2022-01-01")
    assert old is not None
    assert old.date == "2024-01-04"
    assert models.retirement("llama3:8b") is None


def test_refused_parameters() -> None:
    assert models.refused("gpt-4o") == {}
    assert models.refused("gpt-5-chat-latest") == {}
    assert models.refused("o3-mini-2025-01-31")["max_tokens"].new == "max_completion_tokens"
    assert "stop" not in models.refused("o3-mini")
    assert "stop" in models.refused("o3")
    assert 1 in models.refused("gpt-5")["temperature"].allowed
    assert "temperature" not in models.refused("gpt-5.1")
    assert "temperature" in models.refused("gpt-5.1", "high")
    assert "temperature" in models.refused("gpt-5.6-luna")
    assert "temperature" not in models.refused("gpt-5.6-luna", "none")
    assert list(models.refused("gpt-5.6-luna", models.UNKNOWN_EFFORT)) == ["max_tokens"]


def test_refused_parameters_are_parameters() -> None:
    for family in models.FAMILIES:
        assert family.sources
        for row in (*family.refuses, *family.refuses_reasoning):
            assert endpoints.takes("chat.completions.create", row.name)
            assert row.new is None or endpoints.takes("chat.completions.create", row.new)


def test_variables_are_read_or_not() -> None:
    assert not set(variables.READ) & set(variables.UNREAD)
    real = {keyword for client in clients.CLIENTS.values() for keyword in client.keywords}
    for variable in variables.READ.values():
        assert variable.keyword is None or variable.keyword in real
    for unread in variables.UNREAD.values():
        assert unread.keyword in real
        known = variables.READ.keys() | variables.PROXY_FOR_HTTPS | variables.PROXY_FOR_HTTP
        assert unread.new is None or unread.new in known


def test_deprecated_methods_are_methods() -> None:
    for _, table in deprecations.DEPRECATED:
        assert set(table) <= set(endpoints.PATHS)
    assert deprecations.deprecated("beta.assistants.create", V(1, 109, 1)) is None
    assert deprecations.deprecated("beta.assistants.create", V(3, 60)) is not None
    assert deprecations.deprecated("beta.assistants.create", V1) is None


# --- against the SDK

LEGACY_ERA = "0.28.1"
CLIENT_ERAS = ("1.55.3+httpx0.27.2", "1.55.3", "1.109.1", "2.54.0", "3.0.0", "3.54.0")


@cache
def surface(era: str) -> dict[str, Any]:
    """What the SDK of an era says of itself, asked in its own interpreter."""
    require = pytest.importorskip("tests.proof.eras").require
    printed = subprocess.run(
        [str(require(era)), str(SURFACE)], check=True, capture_output=True, text=True
    ).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.fixture(params=CLIENT_ERAS)
def sdk(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The surface of each era with clients."""
    return surface(request.param)


def version_of(sdk: dict[str, Any]) -> Version:
    """The release of a surface."""
    return Version.parse(sdk["version"])


def alive(table: dict[str, Version], version: Version) -> set[str]:
    """The names of a table that a release has."""
    return {name for name, since in table.items() if since <= version}


@pytest.mark.proof
def test_clients_take_the_keywords_of_the_table(sdk: dict[str, Any]) -> None:
    version = version_of(sdk)
    present = {name for name, client in clients.CLIENTS.items() if client.since <= version}
    assert present == set(sdk["constructors"])
    for name in present:
        client = clients.CLIENTS[name]
        assert alive(client.keywords, version) == set(sdk["constructors"][name])
        assert alive(client.options, version) == set(sdk["options"][name])


@pytest.mark.proof
def test_clients_have_the_other_names_of_the_table(sdk: dict[str, Any]) -> None:
    names = {f"openai.{name}" for name in clients.CLIENTS}
    others = {other for other, name in SYNONYMS.items() if name in names}
    assert len(others) > 4
    assert others <= set(sdk["dotted"])


@pytest.mark.proof
def test_helpers_build_what_the_table_says(sdk: dict[str, Any]) -> None:
    version = version_of(sdk)
    expected = {
        name: [helper.kind, helper.library(version) if helper.kind == "class" else ""]
        for name, helper in clients.HTTP_HELPERS.items()
        if helper.since <= version
    }
    assert expected == sdk["helpers"]


@pytest.mark.proof
def test_methods_are_those_of_the_table(sdk: dict[str, Any]) -> None:
    version = version_of(sdk)
    expected = {
        path: found
        for path in endpoints.PATHS
        if (found := endpoints.endpoint(path)) and found.since <= version < (found.until or (9999,))
    }
    assert set(expected) == set(sdk["methods"])
    assert sdk["async_only"] == []
    for path, found in expected.items():
        real = sdk["methods"][path]
        parameters = {
            parameter.name
            for parameter in found.parameters.values()
            if parameter.since <= version < (parameter.until or (9999,))
        }
        assert parameters == {name.lstrip("/") for name in real["parameters"]}, path
        if version == eras.LATEST:
            assert found.kind == real["kind"], path
            request = f"{found.method} {found.url}".strip()
            assert real["request"] in (request, ""), path


@pytest.mark.proof
def test_deprecated_methods_are_those_of_the_table(sdk: dict[str, Any]) -> None:
    table = dict(deprecations.DEPRECATED).get(version_of(sdk))
    if table is None:
        pytest.skip("no table for this release")
    marked = {path: row["deprecated"] for path, row in sdk["methods"].items() if row["deprecated"]}
    assert table == marked


@pytest.mark.proof
def test_errors_form_the_tree_of_the_table(sdk: dict[str, Any]) -> None:
    version = version_of(sdk)
    expected = {
        name: [*errors.ancestors(name), "object"]
        for name, error in errors.ERRORS.items()
        if error.since <= version
    }
    assert expected == sdk["exported_errors"]
    private = {"SubjectTokenProviderError"} if version >= V(2, 31) else set()
    assert set(sdk["errors"]) == set(expected) | private
    assert errors.GONE_TOP_LEVEL.isdisjoint(sdk["names"])
    assert set(errors.NOT_EXCEPTIONS) <= set(sdk["names"])


@pytest.mark.proof
def test_errors_have_the_attributes_of_the_table(sdk: dict[str, Any]) -> None:
    python = set(dir(Exception()))
    for name, attributes in sdk["error_attributes"].items():
        expected = {
            attribute
            for cls in (name, *errors.ancestors(name))
            for attribute in alive(errors.ATTRIBUTES.get(cls, {}), version_of(sdk))
        }
        assert expected == set(attributes) - python


@pytest.mark.proof
def test_settings_are_attributes_of_the_module(sdk: dict[str, Any]) -> None:
    for setting in legacy.SETTINGS.values():
        exists = setting.since is not None and setting.since <= version_of(sdk)
        assert exists is (setting.name in sdk["names"]), setting
    assert legacy.UNREADABLE_SETTINGS.isdisjoint(sdk["names"])


@pytest.mark.proof
def test_legacy_classes_are_placeholders_and_legacy_modules_are_gone(sdk: dict[str, Any]) -> None:
    assert set(sdk["names"]) >= legacy.CLASSES
    modules = {f"openai.{name}" for name in sdk["modules"]}
    assert modules.isdisjoint(legacy.REMOVED_MODULES)


@pytest.mark.proof
def test_variables_are_read_by_the_sdk(sdk: dict[str, Any]) -> None:
    words = set(sdk["words"])
    for variable in variables.READ.values():
        assert (variable.name in words) is (variable.since <= version_of(sdk)), variable
    assert words.isdisjoint(variables.UNREAD)
    looks = re.compile(r"(AZURE_)?OPENAI_")
    assert {word for word in words if looks.match(word)} <= set(variables.READ)


@pytest.mark.proof
def test_the_sdk_gives_the_same_dates() -> None:
    announced = surface("3.54.0")["retirements"]
    assert len(announced) > 90
    ours = {model: row.date for model, row in models.RETIREMENTS.items() if model in announced}
    assert ours == announced


@pytest.mark.proof
def test_the_old_calls_are_those_of_the_last_release_that_had_them() -> None:
    sdk = surface(LEGACY_ERA)
    for call in legacy.CALLS.values():
        assert call.name in sdk["calls"], call.name
        real = sdk["calls"][call.name]
        if call.new is None:
            continue
        # `args` stands for those of the class above, whose six credentials are the longest.
        assert len(call.positional) <= len(real) or not real, call.name
        for new, old in zip(call.positional, real, strict=False):
            moved = old in legacy.CLIENT_ARGUMENTS or old == "request_id"
            if new is None:
                assert moved, (call.name, old)
            else:
                assert old == new or call.rename.get(old) == new or old in legacy.FOLDED, call
    covered = {name.partition(".")[0] for name in legacy.CALLS}
    assert covered == legacy.CLASSES - {"ErrorObject"}


@pytest.mark.proof
def test_the_old_errors_settings_modules_and_variables() -> None:
    sdk = surface(LEGACY_ERA)
    assert set(sdk["errors"]) == errors.LEGACY_ERRORS
    for name, ancestors in sdk["errors"].items():
        above = ["Exception", "BaseException", "object"]
        assert ancestors == (above if name == "OpenAIError" else ["OpenAIError", *above])
    assert set(errors.REMOVED_ATTRIBUTES) <= set(sdk["attributes"])
    for setting in legacy.SETTINGS.values():
        if setting.legacy:
            assert setting.name in sdk["names"], setting
    assert set(sdk["names"]) >= legacy.UNREADABLE_SETTINGS | legacy.CLASSES
    modules = {f"openai.{name}" for name in sdk["modules"]}
    assert set(legacy.REMOVED_MODULES) <= modules
    read = {row.name for row in variables.READ.values() if row.legacy}
    read |= {row.name for row in variables.UNREAD.values() if row.legacy}
    assert read == set(sdk["words"])


@pytest.mark.proof
@pytest.mark.parametrize("script", ["generate_deprecations.py", "generate_endpoints.py"])
def test_the_generated_tables_know_their_latest_release(script: str) -> None:
    text = (ROOT / "scripts" / script).read_text(encoding="utf-8")
    assert f'"{eras.LATEST}"' in text
