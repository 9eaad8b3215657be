from __future__ import annotations

from threading import Event, Thread

import pytest

from service.linear_algebra.interruption import Interrupted, interruptible, interruption, wait


def test_work_that_is_wanted_goes_on():
    with interruptible(Event()):
        interruption()()


def test_work_outside_goes_on_whatever_has_been_given_up():
    unwanted = Event()
    with interruptible(unwanted):
        unwanted.set()
    interruption()()


def test_work_ends_when_it_is_given_up_after_it_began():
    unwanted = Event()
    with interruptible(unwanted):
        check = interruption()
        check()
        unwanted.set()
        with pytest.raises(Interrupted):
            check()


def test_the_threads_that_help_are_told_too():
    unwanted, told = Event(), []
    with interruptible(unwanted):
        check = interruption()
    unwanted.set()

    def help_out():
        try:
            check()
        except Interrupted:
            told.append(True)

    helper = Thread(target=help_out)
    helper.start()
    helper.join()

    assert told == [True]


def test_who_waits_for_what_was_given_up_unbegun_is_told():
    unwanted = Event()
    with interruptible(unwanted):
        check = interruption()
    wait_is_over = Event()
    wait_is_over.set()
    wait(wait_is_over, check)
    unwanted.set()

    with pytest.raises(Interrupted):
        wait(Event(), check)
