"""Translations straight from `.po` files, one file per area of the site.

The message id is the Chinese text, so Chinese needs no catalogue; every other language has a folder.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Babel, Domain, get_locale

#: What the site speaks; the first is the language of its texts in the code.
LANGUAGES = ("zh", "en")


def read_catalogues(folder: Path, language: str) -> NullTranslations:
    """Merge ``<folder>/<language>/*.po`` into one catalogue; a language without files translates nothing."""
    merged: Translations | None = None
    for file in sorted((folder / language).glob("*.po")):
        compiled = BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        part = Translations(compiled)
        merged = part if merged is None else merged.merge(part)
    return merged or NullTranslations()


class PoDomain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """A Flask-Babel domain whose catalogues are read once per process and language."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the request's language."""
        locale = get_locale()
        return self.catalogue("zh" if locale is None else locale.language)

    def catalogue(self, language: str) -> NullTranslations:
        """Return the catalogue of a language."""
        if language not in self.cache:
            self.cache[language] = read_catalogues(self._folder, language)
        catalogue: NullTranslations = self.cache[language]
        return catalogue


class PoBabel(Babel):  # type: ignore[misc]  # Flask-Babel has no types
    """Flask-Babel with one shared `PoDomain` instead of a new domain for each request."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._shared = PoDomain(folder)

    @property
    def domain_instance(self) -> PoDomain:
        """The message domain of every request."""
        return self._shared

    def catalogue(self, language: str) -> NullTranslations:
        """Return the catalogue of a language."""
        return self._shared.catalogue(language)
