"""Names of 0.x exceptions become those of 1.0, wherever they are imported and used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from oai_lint.facts import File, ModuleRead, SdkImport, SdkName, Try
from oai_lint.fixes.ladders import legacy_error, renamed_order
from oai_lint.fixes.migration import module_name
from oai_lint.fixes.raised import portable, rebuilt
from oai_lint.knowledge import errors
from oai_lint.patch import Change, Delete, Drop, Import, Move, Node, Piece, Rename, Replace

MODULE = "openai.error"


@dataclass(slots=True)
class Removed:
    """A place that names what 0.x had.

    Attributes:
        node: where it is reported.
        what: what is gone, as it is said there.
        new: what takes its place, for the message.
        changes: how it is mended; empty where it cannot be.
        doubtful: whether such an error is built here, which takes other arguments since 1.0, or
            may be by who gets its class from a parameter, or is asked for by ``isinstance`` though
            its class has become wider.
        bound: whether the changes hold for one part of the declared range only.
        reads: the names that those changes rewrite.
    """

    node: Node
    what: str
    new: str
    changes: list[Change] = field(default_factory=list)
    reads: list[Node] = field(default_factory=list)
    doubtful: bool = False
    bound: bool = False


def is_removed(name: str) -> bool:
    """Say whether a path leads to the module of 0.x exceptions or to one of them."""
    return name == MODULE or name.startswith(f"{MODULE}.") or legacy_error(name) is not None


def removed_names(file: File) -> list[Removed]:
    """Return every place of a file that names an exception of 0.x.

    Places that share a ladder whose order must change too have their changes in common.
    """
    found = [r for imported in file.all(SdkImport) for r in _imported(imported, file)]
    covered = {id(read) for removed in found for read in removed.reads}
    for imported in file.all(SdkImport):
        if imported.site.guarded:
            for use in (use for name in imported.names for use in name.uses):
                if imported.module or MODULE in {name.name for name in imported.names}:
                    covered.update((id(use), id(file.site(use).parent)))
    found += (
        removed
        for read in file.all(ModuleRead)
        if is_removed(read.name)
        and id(read.node) not in covered
        and not read.imported
        and not read.site.guarded
        for removed in _read(read, file)
    )
    _reorder(found, file)
    reads = {id(read.node): read for read in file.all(ModuleRead)}
    for removed in found:
        named = [reads[id(node)] for node in removed.reads if id(node) in reads]
        if removed.changes:
            _rebuild(removed, named, file)
        removed.doubtful = any(_is_doubtful(read, file) for read in named)
    return found


def _rebuild(removed: Removed, reads: list[ModuleRead], file: File) -> None:
    """Give the errors that are built here the arguments of today, as far as those are known."""
    for read in reads:
        old = legacy_error(read.name)
        new = _renamed(old) if old is not None else None
        if old is None or new is None or not read.called:
            continue
        changes = rebuilt(read, old, new, file) or ()
        removed.changes += (change for change in changes if change not in removed.changes)
        removed.bound = removed.bound or (bool(changes) and not portable(file, read))


def _is_doubtful(read: ModuleRead, file: File) -> bool:
    if read.called or read.default:
        return legacy_error(read.name) != "OpenAIError"
    wider = legacy_error(read.name) in ("APIError", "APIConnectionError")
    return wider and read.outer is not None and file.code(read.outer).startswith("isinstance(")


# -- imports ---------------------------------------------------------------------------------------


def _imported(imported: SdkImport, file: File) -> Iterator[Removed]:
    if imported.site.guarded:
        return
    if imported.module == MODULE:
        yield _from_error(imported, file)
    elif imported.module == "openai":
        for name in imported.names:
            if name.name == "error":
                yield _error_itself(imported, name, file)
            elif name.name in errors.GONE_TOP_LEVEL:
                yield _gone_name(imported, name, file)
    elif not imported.module:
        for name in imported.names:
            if name.name == MODULE:
                yield _module(imported, name, file)


def _from_error(imported: SdkImport, file: File) -> Removed:
    removed = Removed(imported.node, MODULE, "the names of `openai`")
    names = imported.names
    new = [_renamed(name.name) for name in names]
    if imported.starred or not all(new):
        return removed
    changes = removed.changes
    wanted: list[tuple[Piece, ...]] = []
    for name, cls in zip(names, map(str, new), strict=True):
        wanted.append(_import_as(name, cls, file))
        if len(wanted[-1]) == 1 and not name.renamed and cls != name.name:
            changes += (Replace(use, (cls,)) for use in name.uses)
        removed.reads += name.uses
    others = [
        other
        for other in file.all(SdkImport)
        if other.module == "openai"
        and not other.starred
        and other.site.at_module_level
        and other.site.outermost is other.site.parent
        and not other.site.guarded
    ]
    plain = all(len(pieces) == 1 for pieces in wanted)
    renamed = any(name.renamed for name in names)
    if others and plain and not renamed and imported.site.at_module_level:
        changes.append(Delete(imported.node))
        there = {n.name for other in others for n in other.names if not n.renamed}
        changes += (
            Import("openai", str(pieces[0])) for pieces in sorted(wanted) if pieces[0] not in there
        )
        return removed
    changes.append(Replace(imported.module_node, ("openai",)))
    if plain and not renamed and [n.name for n in names] == sorted(n.name for n in names):
        wanted.sort()
    for name, pieces in zip(names, wanted, strict=True):
        changes.append(Replace(name.name_node, pieces))
    return removed


def _import_as(name: SdkName, cls: str, file: File) -> tuple[str, ...]:
    """Return how a renamed class is imported; ``as`` the old name where others may read that."""
    if name.renamed or cls == name.name:
        return (cls,)
    taken = any(not file.is_free(cls, use) for use in (name.node, *name.uses))
    if name.shared or taken:
        return (cls, f" as {name.name}")
    return (cls,)


def _gone_name(imported: SdkImport, name: SdkName, file: File) -> Removed:
    cls = _renamed(name.name)
    removed = Removed(name.node, f"openai.{name.name}", f"openai.{cls}")
    if cls is None:
        return removed
    pieces = _import_as(name, cls, file)
    if any(other.name == cls for other in imported.names):
        if name.renamed or len(pieces) > 1:
            return removed
        removed.changes.append(Drop(name.node))
    else:
        removed.changes.append(Replace(name.name_node, pieces))
    if len(pieces) == 1 and not name.renamed:
        removed.changes += (Replace(use, (cls,)) for use in name.uses)
    removed.reads += name.uses
    return removed


def _error_itself(imported: SdkImport, name: SdkName, file: File) -> Removed:
    """Mend ``from openai import error``."""
    removed = Removed(name.node, MODULE, "the names of `openai`")
    changes: list[Change] = []
    openai = "openai"
    for use in name.uses:
        found = module_name(file, use)
        if found is None:
            return removed
        openai = found[0]
        changes += found[1]
    reads = _reads_through(name, file)
    if reads is None or name.shared:
        return removed
    for read, cls in reads:
        changes.append(Replace(read, (f"{openai}.{cls}",)))
    if len(imported.names) == 1 and Import("openai") in changes and imported.site.at_module_level:
        changes = [change for change in changes if change != Import("openai")]
        changes.append(Replace(imported.node, ("import openai",)))
    else:
        changes.append(Drop(name.node))
    removed.changes += changes
    removed.reads += (read for read, _ in reads)
    return removed


def _module(imported: SdkImport, name: SdkName, file: File) -> Removed:
    """Mend ``import openai.error``, with and without ``as``."""
    removed = Removed(imported.node, MODULE, "the names of `openai`")
    if not name.renamed:
        # `openai` is bound by it; what is read of `openai.error` is reported by itself.
        if len(imported.names) == 1 and _imports_openai(imported, file):
            removed.changes.append(Delete(imported.node))
        else:
            removed.changes.append(Replace(name.name_node, ("openai",)))
        return removed
    reads = _reads_through(name, file)
    if reads is None or name.shared:
        return removed
    removed.reads += (read for read, _ in reads)
    spelled = {file.name_of("openai", use) for use in name.uses}
    if len(spelled) == 1 and all(spelled) and len(imported.names) == 1:
        removed.changes.append(Delete(imported.node))
        openai = spelled.pop()
        removed.changes += (Replace(read, (f"{openai}.{cls}",)) for read, cls in reads)
        return removed
    removed.changes.append(Replace(name.name_node, ("openai",)))
    removed.changes += (Rename(read, cls) for read, cls in reads)
    return removed


def _imports_openai(imported: SdkImport, file: File) -> bool:
    """Say whether a plain ``import openai`` does the same in the same place."""
    return any(
        other is not imported
        and not other.module
        and any(n.name == "openai" and not n.renamed for n in other.names)
        and other.site.function is imported.site.function
        and not other.site.conditions
        for other in file.all(SdkImport)
    )


def _reads_through(name: SdkName, file: File) -> list[tuple[Node, str]] | None:
    """Return what is read through a name of the module, with the new class.

    None where something else than a class of it is read.
    """
    known = {id(read.node): read for read in file.all(ModuleRead) if not read.imported}
    found = []
    for use in name.uses:
        read = known.get(id(file.site(use).parent))
        cls = _renamed(read.name.removeprefix(f"{MODULE}.")) if read is not None else None
        if read is None or cls is None:
            return None
        found.append((read.node, cls))
    return found


# -- reads -----------------------------------------------------------------------------------------


def _read(read: ModuleRead, file: File) -> Iterator[Removed]:
    old = legacy_error(read.name)
    if old is None:
        if read.name == MODULE:
            yield Removed(read.node, MODULE, "the names of `openai`")
        elif read.name.startswith(f"{MODULE}."):
            yield Removed(read.node, read.name, "the names of `openai`")
        return
    cls = _renamed(old)
    removed = Removed(read.node, read.name, f"openai.{cls}" if cls else "nothing")
    if cls is not None and read.direct and rebuilt(read, old, cls, file) is not None:
        found = module_name(file, read.node)
        if found is not None:
            removed.changes += found[1]
            removed.changes.append(Replace(read.node, (f"{found[0]}.{cls}",)))
    removed.reads.append(read.node)
    yield removed


def _renamed(old: str) -> str | None:
    rename = errors.RENAMES.get(old)
    return rename.new if rename is not None else None


# -- ladders ---------------------------------------------------------------------------------------


def _reorder(found: list[Removed], file: File) -> None:
    """Add the new order of ladders, and merge the changes of places that share one."""
    owners: dict[int, list[Removed]] = {}
    for removed in found:
        for read in removed.reads:
            owners.setdefault(id(read), []).append(removed)
    for block in file.all(Try):
        order = renamed_order(block)
        if order is None:
            continue
        sharing = [
            removed
            for handler in block.handlers
            for caught in handler.classes
            for removed in owners.get(id(caught.node), ())
        ]
        if any(not removed.changes for removed in sharing):
            continue
        changes: list[Change] = []
        for removed in sharing:
            changes += (change for change in removed.changes if change not in changes)
        old = tuple(handler.node for handler in block.handlers)
        changes.append(Move(old, tuple(handler.node for handler in order)))
        joined = {id(removed.changes) for removed in sharing}
        for removed in found:  # those that an earlier ladder has already joined come along
            if id(removed.changes) in joined:
                removed.changes = changes
