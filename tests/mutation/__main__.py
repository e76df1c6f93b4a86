"""Run the mutants of one part in a process of its own; `pipenv run soak mutation` starts one for each part."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.mutation.operators import mutants_of, sampled
from tests.mutation.parts import PARTS
from tests.mutation.session import Result, run


def main(name: str, seed: str, share: str, jobs: str, report: str) -> None:
    """Write one line of JSON for each mutant, as soon as its fate is known."""
    part = PARTS[name]
    every = [mutant for path in part.paths() for mutant in mutants_of(path)]
    chosen = sampled(every, seed=seed, share=float(share))
    with Path(report).open("a", encoding="utf-8") as file:
        print(json.dumps({"part": name, "all": len(every), "chosen": len(chosen)}), file=file, flush=True)

        def done(result: Result) -> None:
            line = {"part": name, "key": result.mutant.key, "line": result.mutant.line, "outcome": result.outcome}
            print(json.dumps(line | {"tests": result.tests}, ensure_ascii=False), file=file, flush=True)

        run(chosen, part.test_paths(), jobs=int(jobs), done=done)


if __name__ == "__main__":
    main(*sys.argv[1:])
