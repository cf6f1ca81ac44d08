"""The server's worker: order, and garbage that is collected when nobody waits."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import weakref
from collections.abc import Iterator

import pytest

from oai_lint.server import worker as module
from oai_lint.server.worker import Worker


class Knot:
    """Garbage that only the collector can recognise."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    monkeypatch.setattr(module, "QUIET", 0.05)
    found = Worker()
    found.begin()
    yield found
    found.close()
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


async def until_gone(reference: weakref.ref[Knot]) -> None:
    async with asyncio.timeout(20):
        while reference() is not None:
            await asyncio.sleep(0.01)


async def made(worker: Worker) -> weakref.ref[Knot]:
    return await worker.submit(lambda: weakref.ref(Knot()))


@pytest.mark.asyncio
async def test_garbage_is_collected_once_it_is_quiet_and_again_after_more_work(
    worker: Worker,
) -> None:
    for _ in range(2):
        await until_gone(await made(worker))


@pytest.mark.asyncio
async def test_no_garbage_is_collected_while_work_waits(worker: Worker) -> None:
    reference = await made(worker)
    for _ in range(10):
        await worker.submit(time.sleep, 0.02)
        assert reference() is not None
    await until_gone(reference)


@pytest.mark.asyncio
async def test_work_is_done_one_at_a_time_in_order(worker: Worker) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        time.sleep(0.01 / (number + 1))
        done.append(number)

    await asyncio.gather(*(worker.submit(work, number) for number in range(5)))
    assert done == [0, 1, 2, 3, 4]


@pytest.mark.asyncio
async def test_closed_in_the_middle_it_drops_what_has_not_begun(worker: Worker) -> None:
    first = worker.submit(time.sleep, 0.1)
    second = worker.submit(time.sleep, 10)
    await asyncio.sleep(0.02)
    worker.close()
    await first
    assert second.cancelled() or (await asyncio.wait([second], timeout=5))[0]
