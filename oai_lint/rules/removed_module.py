"""Modules of SDK 0.x."""

from collections.abc import Iterator

from oai_lint.facts import File, SdkImport
from oai_lint.knowledge import legacy
from oai_lint.patch import Node
from oai_lint.rule import Example, Finding, Rule, Severity


class RemovedModule(Rule[SdkImport]):
    """`openai.api_resources`, `openai.embeddings_utils` and other modules of 0.x are gone.

    Importing one raises `ModuleNotFoundError` (or `ImportError`) with SDK 1.0 and later, before
    anything of the file has run.  `openai.error` has a rule of its own.

    ## References
    - https://github.com/openai/openai-python/discussions/742
    """

    code = "OAI805"
    message = "`{module}` is gone since SDK 1.0, importing it fails; instead: {instead}"
    severity = Severity.ERROR
    reaches = (1,)
    examples = (
        Example(bad="from openai.embeddings_utils import cosine_similarity, get_embedding\n"),
    )

    def check(self, imported: SdkImport, file: File) -> Iterator[Finding]:
        """Report every import of such a module."""
        if imported.site.guarded or "TYPE_CHECKING" in "".join(imported.site.conditions):
            return
        for node, path in _paths(imported):
            module = ".".join(path.split(".")[:2])
            if module in legacy.REMOVED_MODULES and module != "openai.error":
                instead = legacy.REMOVED_MODULES[module]
                yield self.found(node, module=module, instead=instead)


def _paths(imported: SdkImport) -> Iterator[tuple[Node, str]]:
    if imported.module == "openai":
        for name in imported.names:
            yield name.node, f"openai.{name.name}"
    elif imported.module:
        yield imported.node, imported.module
    else:
        for name in imported.names:
            yield name.node, name.name
