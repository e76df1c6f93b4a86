"""Run the mutants of one part in a process of its own; `pipenv run soak mutation` starts one for each part."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.mutation.operators import KILLED, mutants_of, sampled
from tests.mutation.parts import PARTS
from tests.mutation.session import Result, run


def main(name: str, *, seed: str, share: float, jobs: int, report: str, again: str | None) -> None:
    """Write one line of JSON for each mutant, as soon as its fate is known."""
    part = PARTS[name]
    every = [mutant for path in part.paths() for mutant in mutants_of(path)]
    if again:
        left = survivors(Path(again))
        chosen = [mutant for mutant in every if mutant.key in left]
    else:
        chosen = sampled(every, seed=seed, share=share)
    with Path(report).open("a", encoding="utf-8") as file:
        print(json.dumps({"part": name, "all": len(every), "chosen": len(chosen)}), file=file, flush=True)

        def done(result: Result) -> None:
            line = {"part": name, "key": result.mutant.key, "line": result.mutant.line, "outcome": result.outcome}
            print(json.dumps(line | {"tests": result.tests}, ensure_ascii=False), file=file, flush=True)

        run(chosen, part.test_paths(), jobs=jobs, done=done)


def survivors(report: Path) -> set[str]:
    """Return the keys of the mutants that no test had noticed."""
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    return {line["key"] for line in lines if line.get("outcome", "killed") not in KILLED}


if __name__ == "__main__":
    main(sys.argv[1], **json.loads(sys.argv[2]))
