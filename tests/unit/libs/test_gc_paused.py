"""While the collector rests nothing else changes, and it wakes up again no matter what happens."""

from __future__ import annotations

import gc

import pytest

from app.libs.gc_paused import gc_paused


def test_the_collector_rests_until_the_outermost_block_ends():
    with gc_paused():
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_wakes_up_after_an_error():
    with pytest.raises(RuntimeError), gc_paused():
        raise RuntimeError
    assert gc.isenabled()


def test_a_collector_that_was_put_to_rest_before_goes_on_resting():
    gc.disable()
    try:
        with gc_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
