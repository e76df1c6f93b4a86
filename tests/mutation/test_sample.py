"""A few mutants of a part whose tests are quick are killed; `pipenv run soak mutation` tries more, of all parts."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.mutation.command import mutation


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_mutant_of_a_small_sample_survives_without_a_reason() -> None:
    tried = CliRunner().invoke(mutation, ["texts", "--share", "0.03", "--seed", "gate", "--jobs", "2"])
    assert tried.exit_code == 0, tried.output
