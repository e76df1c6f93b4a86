"""`pipenv run bench COMMAND`: measurements whose figures stand in docs/performance.md, docs/exchange.md and docs/adr."""

from __future__ import annotations

import click

from tests.bench.analysis import analysis
from tests.bench.choices import choices
from tests.bench.damage import damage_command
from tests.bench.economy import economy
from tests.bench.encodings import encodings
from tests.bench.gateway import gateway
from tests.bench.growth import growth
from tests.bench.hanging_sources import hanging_sources
from tests.bench.pages import pages
from tests.bench.search import search
from tests.bench.start import start


@click.group()
def bench() -> None:
    """Measure YuShu on this machine."""


for command in (
    search,
    start,
    pages,
    gateway,
    analysis,
    choices,
    damage_command,
    hanging_sources,
    growth,
    economy,
    encodings,
):
    bench.add_command(command)

if __name__ == "__main__":
    bench(prog_name="bench")
