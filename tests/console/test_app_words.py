"""The words of apps that keep their own: whole, compiled, and in the register."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vigie import console

ROOM = Path(console.__file__).parent
APPS = ("api", "notices")  # each app whose words are English in the code
LANGUAGES = ("fr", "de")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("app", APPS)
def test_every_word_of_an_app_is_translated_and_compiled(
    app: str, language: str, tmp_path: Path
) -> None:
    place = Path("locale", language, "LC_MESSAGES")
    source = ROOM / app / place / "django.po"
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, source], check=True)
    with compiled.open("rb") as fresh, source.with_suffix(".mo").open("rb") as kept:
        assert gettext.GNUTranslations(fresh)._catalog == gettext.GNUTranslations(kept)._catalog
    assert not re.search(r'^msgstr(\[\d\])? ""$(?!\n")', source.read_text(), re.MULTILINE)
    copy = tmp_path / app
    shutil.copytree(ROOM / app, copy)
    make = [sys.executable, "-m", "django", "makemessages", "-l", language, "--no-location"]
    subprocess.run([*make, "--no-obsolete"], cwd=copy, check=True, capture_output=True)
    remade = copy / place / "django.po"
    missing = subprocess.run(
        ["msgattrib", "--untranslated", remade], check=True, capture_output=True, text=True
    ).stdout
    fuzzy = subprocess.run(
        ["msgattrib", "--only-fuzzy", remade], check=True, capture_output=True, text=True
    ).stdout
    assert re.findall(r'^msgid "(.+)', missing + fuzzy, re.MULTILINE) == []


@pytest.mark.parametrize("app", APPS)
def test_french_of_an_app_keeps_to_the_register(app: str) -> None:
    source = (ROOM / app / "locale/fr/LC_MESSAGES/django.po").read_text()
    for said in re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', source, re.MULTILINE):
        assert not re.search(r"virus|menace|critique|erreur", said, re.IGNORECASE), said
        assert not re.search(r"[^\u202f\s][;!?](?!\w)|[^\u00a0\s/]:(?!//)(?=\s|$)", said), said
        assert "'" not in said, said
        assert "!" not in said, said
