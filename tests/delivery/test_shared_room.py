"""Room that clients share, whatever it is room for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.shared_room import SharedRoom

_ALPHAS = st.sampled_from([0.5, 1.0, 1.5, 4.0])


def _fill(room, clients):
    """Let each client take one after the other as long as one may."""
    held = dict.fromkeys(clients, 0)
    while takers := [client for client in clients if room.free > 0 and room.has_share(client)]:
        for client in takers:
            if room.free > 0 and room.has_share(client):
                room.take(client)
                held[client] += 1
    return held


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.integers(10, 1000), _ALPHAS, st.integers(1, 5))
def test_clients_that_take_all_they_may_have_alpha_times_what_they_leave(limit, alpha, count):
    """Choudhury and Hahne's steady state: each has α / (1 + n α) of all."""
    room = SharedRoom(limit, alpha)
    held = _fill(room, [str(number) for number in range(count)])
    expected = alpha * limit / (1 + count * alpha)

    assert all(expected - alpha - 1 <= own <= expected + alpha + 1 for own in held.values())
    assert room.held == sum(held.values())


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.integers(2, 1000), _ALPHAS, st.integers(1, 5), st.integers(1, 10**9))
def test_the_first_of_a_client_is_always_within_its_share(limit, alpha, count, amount):
    room = SharedRoom(limit, alpha)
    _fill(room, [str(number) for number in range(count)])

    assert room.has_share("new", amount)


def test_what_is_given_back_is_free_again_and_a_client_without_any_is_forgotten():
    room = SharedRoom(10, 1.0)
    room.take("a", 4)
    room.take("b", 2)
    assert not room.has_share("a")
    room.give_back("a", 4)

    assert (room.free, room.held) == (8, 2)
    assert room._by_client.keys() == {"b"}
