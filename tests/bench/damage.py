"""`bench damage`: how many of the books are still found when their titles are corrupted as people corrupt them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click

from tests.golden.damage import damage
from tests.golden.starter import load_starter
from tests.support.apps import close, make_app, migrate


@click.command("damage")
@click.option("--each", default=200, show_default=True, help="Queries of each kind.")
@click.option("--seed", default=1, show_default=True)
@click.option("--misses", default=0, show_default=True, help="Show so many unanswered queries of each kind.")
def damage_command(each: int, seed: int, misses: int) -> None:
    """Corrupt random titles of the starter catalogue and print how many are found among the first ten."""
    with TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        migrate(app)
        catalogue = load_starter(app)
        with app.app_context():
            search = app.extensions["container"].catalogue.search
            found: dict[str, list[bool]] = defaultdict(list)
            spent: dict[str, float] = defaultdict(float)
            unanswered: dict[str, list[str]] = defaultdict(list)
            for corrupted in damage(catalogue, each=each, seed=seed):
                began = perf_counter()
                page = search.find(corrupted.query)
                spent[corrupted.kind] += perf_counter() - began
                found[corrupted.kind].append(corrupted.is_answered(page))
                if not found[corrupted.kind][-1]:
                    unanswered[corrupted.kind].append(f"{corrupted.query!r} ({corrupted.facts.title})")
        close(app)
    click.echo(f"{'damage':28} queries  recall@10  ms a query")
    for kind, hits in found.items():
        click.echo(f"{kind:28} {len(hits):7} {sum(hits) / len(hits):10.3f} {1000 * spent[kind] / len(hits):11.2f}")
        for line in unanswered[kind][:misses]:
            click.echo(f"    {line}")
    total = [hit for hits in found.values() for hit in hits]
    click.echo(f"{'all':28} {len(total):7} {sum(total) / len(total):10.3f}")
