"""The linter for Python code that talks to the OpenAI API.

``docs/api.md`` shows what can be called from here; it is imported when it is first asked for.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # as in ``typing``, whose import costs more than all of the gate
if TYPE_CHECKING:
    from oai_lint.api import (
        Confidence,
        Config,
        ConfigError,
        Edit,
        Fix,
        FixedSource,
        Position,
        Problem,
        Safety,
        Severity,
        UndecodableSource,
        check_source,
        config_for,
        fix_source,
    )

__all__ = [
    "Confidence",
    "Config",
    "ConfigError",
    "Edit",
    "Fix",
    "FixedSource",
    "Position",
    "Problem",
    "Safety",
    "Severity",
    "UndecodableSource",
    "__version__",
    "check_source",
    "config_for",
    "fix_source",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the interface when one of its names is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from oai_lint import api

        return getattr(api, name)
