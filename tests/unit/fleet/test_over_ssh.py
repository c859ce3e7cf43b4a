"""What the process that asks over ssh keeps to itself."""

import pytest

from saltext_vios.fleet.over_ssh import HIDDEN, without

FAILURE = {"stdout": "", "stderr": "S3cret-Word is wrong", "retcode": 255, "parsed": None}


@pytest.mark.parametrize("told", [FAILURE, {**FAILURE, "return": FAILURE["stderr"]}, FAILURE["stderr"]])
def test_a_failure_is_reported_without_what_the_roster_keeps(told):
    found = without(["S3cret-Word"], {"came": told})
    assert "S3cret-Word" not in str(found)
    assert HIDDEN in str(found)


def test_a_return_is_reported_as_it_is():
    """A password such as `a` would make nonsense of it."""
    told = {"came": {"return": {"held": False, "reason": "a"}, "retcode": 0, "id": "a"}}
    assert without(["a"], told) == told
