from __future__ import annotations

import numpy as np
import pytest

from service.delivery.buffer_pool import BufferLease, BufferPool

ROUND = 2**16
"""Sizes are rounded up to a multiple of this."""


def address(buffer):
    return buffer.ctypes.data


def test_a_lease_gives_memory_again_that_nobody_refers_to():
    lease = BufferLease(100, BufferPool())
    first = lease.take()
    place = address(first)
    second = lease.take()
    assert address(second) != place
    del first

    assert address(lease.take()) == place


def test_a_view_of_a_piece_keeps_its_memory():
    lease = BufferLease(100, BufferPool())
    view = lease.take()[10:20].data

    assert address(lease.take()) != address(np.frombuffer(view, np.uint8)) - 10


@pytest.mark.parametrize(("before", "after"), [(1, ROUND), (ROUND - 1, 5), (ROUND + 1, 2 * ROUND)])
def test_a_body_of_about_the_same_size_has_the_memory_of_the_last(before, after):
    pool = BufferPool()
    lease = BufferLease(before, pool)
    place = address(lease.take())
    lease.end()

    other = BufferLease(after, pool).take()
    assert (address(other), other.nbytes) == (place, after)
    assert pool.nbytes == 0


@pytest.mark.parametrize(("before", "after"), [(ROUND, ROUND + 1), (2 * ROUND, ROUND)])
def test_a_body_of_another_size_does_not(before, after):
    pool = BufferPool()
    lease = BufferLease(before, pool)
    lease.take()
    lease.end()

    assert BufferLease(after, pool).take().nbytes == after
    assert pool.nbytes == before


def test_what_is_still_referred_to_stays_in_the_pool():
    pool = BufferPool()
    lease = BufferLease(ROUND, pool)
    sending = lease.take()
    lease.end()
    assert address(pool.take(ROUND)) != address(sending)
    place = address(sending)
    del sending

    assert address(pool.take(ROUND)) == place


def test_the_latest_buffer_is_taken_first():
    pool = BufferPool()
    buffers = [np.empty(ROUND, np.uint8) for _ in range(3)]
    places = [address(buffer) for buffer in buffers]
    pool.put(buffers)
    del buffers

    taken = [pool.take(ROUND) for _ in range(3)]
    assert [address(buffer) for buffer in taken] == places[::-1]


def test_beyond_the_capacity_the_oldest_go():
    pool = BufferPool()
    size = BufferPool.CAPACITY // 4
    buffers = [np.empty(size, np.uint8) for _ in range(5)]
    places = [address(buffer) for buffer in buffers]
    pool.put(buffers[:4])
    assert pool.nbytes == BufferPool.CAPACITY
    pool.put(buffers[4:])
    del buffers

    taken = [pool.take(size) for _ in range(4)]
    assert [address(buffer) for buffer in taken] == places[:0:-1]
    assert pool.nbytes == 0


def test_two_bodies_of_the_longest_pieces_find_all_their_buffers_again():
    """Five pieces at a time of at most 4 MiB, less for one body than for two: eight are kept."""
    pool = BufferPool()
    pool.put([np.empty(2**22, np.uint8) for _ in range(10)])

    assert pool.nbytes == 8 * 2**22
