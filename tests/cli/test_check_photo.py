import io
import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from photos_made import GPS, LATITUDE, room, saved
from PIL import Image

from vigie.cli.check import command

SCHEMA = Path(__file__).parents[2] / "docs/operating/schemas/answer.schema.json"


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, ["photo", *map(str, arguments)])


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """A room with a screen, checked once with a copy: reading takes seconds."""
    folder = tmp_path_factory.mktemp("photos")
    exif = Image.Exif()
    exif[GPS] = {LATITUDE: (45.0, 3.0, 12.0)}
    picture, _ = room(7)
    photo, copy = folder / "accueil.jpg", folder / "copie.jpg"
    photo.write_bytes(saved(picture, "JPEG", quality=92, exif=exif))
    return photo, copy, check(photo, "--masked", copy, "--json")


def test_a_screen_is_found_with_its_box(published: tuple[Path, Path, Result]) -> None:
    answer = json.loads(published[2].stdout)
    jsonschema.validate(answer, json.loads(SCHEMA.read_text("utf-8")))
    assert published[2].exit_code == 1
    assert answer["decision"] == "warn"
    assert answer["responses"] == ["MASK", "ASK"]
    assert answer["left"] == 0
    screens = [f for f in answer["findings"] if f["kind"] == "screen"]
    assert {f["fact"] for f in screens} == {"screen_shown"}
    x, y, w, h = max((f["box"] for f in screens), key=lambda box: box[2] * box[3])
    assert 0 <= x < x + w <= answer["width"] == 2000
    assert 0 <= y < y + h <= answer["height"] == 1500
    assert w > 600
    assert h > 400
    assert "position_carried" in {f["fact"] for f in answer["findings"]}


def test_every_line_is_black_in_the_copy_which_carries_nothing(
    published: tuple[Path, Path, Result],
) -> None:
    _, lines = room(7)
    with Image.open(published[1]) as copy:
        assert copy.size == (2000, 1500)
        assert dict(copy.getexif()) == {}
        assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        grey = copy.convert("L")
        for line in lines:
            piece = grey.crop(line)
            dark = sum(piece.histogram()[:24]) / (piece.width * piece.height)
            assert dark > 0.9, line


def test_the_words_on_the_screen_stay_here_and_are_said(
    published: tuple[Path, Path, Result],
) -> None:
    answer = json.loads(published[2].stdout)
    words = " ".join(f["clues"].get("words", "") for f in answer["findings"])
    assert "MARTIN" in words.upper() or "PEETERS" in words.upper() or "FAVRE" in words.upper()


def test_a_bare_wall_is_not_called_safe(tmp_path: Path) -> None:
    photo = tmp_path / "mur.png"
    photo.write_bytes(saved(Image.new("RGB", (800, 600), (200, 190, 180)), "PNG"))
    said = check(photo, "--masked", tmp_path / "copie.png")
    assert said.exit_code == 0
    assert "Une personne doit encore la regarder" in said.stdout
    assert "Y a-t-il encore un écran" in said.stdout
    with Image.open(tmp_path / "copie.png") as copy:
        assert copy.getpixel((400, 300)) == (200, 190, 180)


def test_what_is_no_photo_is_refused_and_the_others_are_answered(tmp_path: Path) -> None:
    (tmp_path / "facture.jpg").write_bytes(b"%PDF-1.7 not a photo")
    (tmp_path / "mur.png").write_bytes(saved(Image.new("RGB", (80, 60)), "PNG"))
    said = check(tmp_path / "facture.jpg", tmp_path / "mur.png", tmp_path / "gone.jpg", "--json")
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.exit_code == 2
    assert [Path(a["input"]).name for a in answers] == ["facture.jpg", "mur.png", "gone.jpg"]
    assert answers[0]["findings"][0]["fact"] == "photo_unread"
    assert "gone.jpg" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_copy_never_replaces_the_photo(tmp_path: Path) -> None:
    photo = tmp_path / "mur.png"
    content = saved(Image.new("RGB", (80, 60)), "PNG")
    photo.write_bytes(content)
    said = check(photo, "--masked", photo)
    assert said.exit_code == 2
    assert "ne peut pas remplacer" in said.stderr
    assert photo.read_bytes() == content


def test_several_copies_need_a_folder(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(saved(Image.new("RGB", (80, 60)), "PNG"))
    said = check(tmp_path / "a.png", tmp_path / "b.png", "--masked", tmp_path / "c.jpg")
    assert said.exit_code == 1
    assert "dossier" in said.stderr
    said = check(tmp_path / "a.png", tmp_path / "b.png", "--masked", tmp_path)
    assert said.exit_code == 0
    for name in ("a.jpg", "b.jpg"):
        assert Image.open(io.BytesIO((tmp_path / name).read_bytes())).size == (80, 60)
