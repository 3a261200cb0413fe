"""Ctrl-C while something searches: noted, raised where wanted, and a second one ends it all."""

import signal
import subprocess
import sys
import threading

import pytest

from policies import interrupts
from policies.interrupts import interrupts_held, interrupts_raised, is_interrupted, is_over


@pytest.fixture(autouse=True)
def _hears_of_ctrl_c():
    """Whoever runs the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_it_is_noted_and_forgotten_at_the_end() -> None:
    with interrupts_held():
        assert not is_interrupted()
        press()
        press()  # one Ctrl-C may come twice, from the terminal and from a wrapper
        assert is_interrupted()
        assert is_over(float("inf"))
    assert not is_interrupted()
    with pytest.raises(KeyboardInterrupt):
        press()


def test_blocks_inside_share_it() -> None:
    with interrupts_held():
        with interrupts_held():
            press()
        assert is_interrupted()


def test_it_is_raised_where_there_is_nothing_to_keep() -> None:
    with interrupts_held(), pytest.raises(KeyboardInterrupt), interrupts_raised():
        press()


def test_what_was_held_inside_is_raised_at_the_end() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts_raised(), interrupts_held():
        press()


def test_what_was_held_before_is_raised() -> None:
    with interrupts_held():
        press()
        with pytest.raises(KeyboardInterrupt), interrupts_raised():
            pytest.fail("nothing begins any more")


def test_other_handlers_and_threads_are_left_alone() -> None:
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    with interrupts_held():
        press()
        assert not is_interrupted()
    assert heard

    def elsewhere() -> None:
        with interrupts_held():
            heard.append(interrupts._now)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert heard[1] is None


def test_a_second_one_ends_at_once() -> None:
    code = """
import os, signal, time
from policies import interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)
with interrupts.interrupts_held():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(2 * interrupts.SAME_S)
    print("goes on", flush=True)
    os.kill(os.getpid(), signal.SIGINT)
    print("not reached", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "goes on\n")
