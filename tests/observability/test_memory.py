"""Numbers that several processes count together."""

import subprocess
import sys

import pytest

from service.observability.memory import Memory, SharedMemory

WORKER = """
import sys
from pathlib import Path
from service.observability.memory import SharedMemory
memory = SharedMemory(Path(sys.argv[1]), "layout", 3, [2])
memory.values[0] += 1
memory.values[2] += 5
print("counted", flush=True)
sys.stdin.read()
"""


def _worker(directory):
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "counted\n"
    return process


def _seen(memory):
    return sorted((numbers.tolist(), lives) for numbers, lives in memory.processes())


def test_numbers_of_one_process_are_zero_at_first():
    memory = Memory(3)
    memory.values[1] += 2.5

    assert _seen(memory) == [([0, 2.5, 0], True)]


def test_every_process_sees_what_the_others_count(tmp_path):
    memory = SharedMemory(tmp_path, "layout", 3, [2])
    with _worker(tmp_path) as process:
        assert _seen(memory) == [([0, 0, 0], True), ([1, 0, 5], True)]
        process.stdin.close()


def test_what_a_killed_process_has_counted_stays_and_it_is_known_to_be_gone(tmp_path):
    memory = SharedMemory(tmp_path, "layout", 3, [2])
    with _worker(tmp_path) as process:
        process.kill()

    assert _seen(memory) == [([0, 0, 0], True), ([1, 0, 5], False)]


@pytest.mark.slow
def test_a_new_process_takes_the_place_of_one_that_is_gone_without_its_gauges(tmp_path):
    memory = SharedMemory(tmp_path, "layout", 3, [2])
    for _ in range(3):
        with _worker(tmp_path) as process:
            process.kill()

    assert _seen(memory) == [([0, 0, 0], True), ([3, 0, 5], False)]
    assert len(list(tmp_path.iterdir())) == 2


def test_numbers_that_mean_something_else_are_passed_over(tmp_path):
    other = SharedMemory(tmp_path, "another layout", 5, [])
    other.values[0] = 7

    assert _seen(SharedMemory(tmp_path, "layout", 3, [])) == [([0, 0, 0], True)]
