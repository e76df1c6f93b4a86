"""`pipenv run soak mutation`: change the code in one place, and see whether a test fails; for many places."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from tests.mutation.operators import KILLED, ROOT
from tests.mutation.parts import PARTS

REASONS = Path(__file__).parent / "survivors.json"


@click.command("mutation")
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--share", default=0.2, show_default=True, help="of all mutants, chosen by the seed")
@click.option("--seed", default="1", show_default=True, help="which ones are chosen; the same seed chooses the same")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="processes at once")
@click.option("--report", type=click.Path(path_type=Path), help="a file for one line of JSON for each mutant")
@click.option(
    "--again", type=click.Path(exists=True, resolve_path=True), help="try the survivors of such a file instead"
)
def mutation(parts: tuple[str, ...], report: Path | None, **chosen: Any) -> None:
    """Change one place of the code at a time, and run the tests that run it: one of them shall fail.

    Prints the score of each part and what survived. Survivors that have a reason in tests/mutation/survivors.json are
    counted, but they do not make the command fail.
    """
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        file = (report or Path(folder) / "report").absolute()
        file.write_text("", "utf-8")
        for part in parts or PARTS:
            command = [sys.executable, "-m", "tests.mutation", part, json.dumps(chosen | {"report": str(file)})]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        lines: list[dict[str, Any]] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    reasons: dict[str, str] = json.loads(REASONS.read_text("utf-8"))
    sys.exit(not show(lines, reasons))


def show(lines: list[dict[str, Any]], reasons: dict[str, str]) -> bool:
    """Print scores and survivors; whether each mutant was tried, and killed or has a reason to survive."""
    heads = [line for line in lines if "all" in line]
    mutants = [line for line in lines if "outcome" in line]
    for head in heads:
        _show_score(head["part"], [line for line in mutants if line["part"] == head["part"]], head["all"])
    _show_score("together", mutants, sum(head["all"] for head in heads))
    left = [line for line in mutants if line["outcome"] not in KILLED]
    for line in left:
        reason = reasons.get(line["key"])
        click.echo(f"{line['outcome']}: line {line['line']} of {line['key']}" + (f"\n    {reason}" if reason else ""))
    tried = sum(head["chosen"] for head in heads) == len(mutants)
    if not tried:
        click.echo("some mutants were not tried: see the errors above")
    return tried and all(line["key"] in reasons for line in left)


def _show_score(name: str, mutants: list[dict[str, Any]], every: int) -> None:
    killed = sum(line["outcome"] in KILLED for line in mutants)
    share = f"{100 * killed / len(mutants):5.1f} %" if mutants else "no mutants"
    click.echo(f"{name:<10} {killed:>5} of {len(mutants)} killed ({share}), {len(mutants)} of {every} tried")
