"""The documentation as a site: `pipenv run docs` serves it and opens a browser, `pipenv run docs build` writes it to .tools/site."""

import os
import sys

from mkdocs.__main__ import cli

os.environ["NO_MKDOCS_2_WARNING"] = "1"  # about a future version, at each build

if __name__ == "__main__":
    cli(sys.argv[1:] or ["serve", "--open", "--dev-addr", "127.0.0.1:8001"], prog_name="docs")
