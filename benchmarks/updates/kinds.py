"""Versions of a small application: good ones, and ones that go wrong each in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vigie.routines.rehearsals.update_packages import DATA, Version

EVERY = 7  # rows, for what damages many


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way an update can go. `refused`: it must not even be begun.

    `names` are the patients' columns afterwards. `only` is the one kind of database it is about.
    """

    version: Version
    good: bool = False
    refused: bool = False
    names: str = "id, nom, prenom, ne"
    only: str = ""

    def numbered(self, number: str) -> Version:
        """Return the version with its number."""
        return replace(self.version, number=number)


def _sql(*statements: str) -> Version:
    return Version(sql=statements)


_FILL = f"""
import os
with open("{DATA}/fill", "wb") as file:
    try:
        while True:
            file.write(bytes(1 << 20))
    except OSError:
        pass
sys.exit(1)
"""
_NOISE = 'f = open(WHERE, "r+b"); f.seek(4096 * 5); f.write(os.urandom(4096 * 3)); f.close()'
_MUCH = (
    "base = connect(); base.execute("
    f"\"UPDATE consultation SET texte = 'x' WHERE id % {EVERY} = 0\"); base.commit(); base.close()"
)
_LATER = (
    'threading.Timer(0.5, lambda: (lambda b: (b.execute("UPDATE consultation SET dose = 0'
    ' WHERE id = 17"), b.commit(), b.close()))(connect())).start()'
)
_HANG = 'import subprocess, time; subprocess.Popen(["setsid", "sleep", "900"]); time.sleep(900)'
_BLANK = (
    "DELETE FROM consultation",
    "DELETE FROM patient WHERE id > 1",
)
_ANEW = (
    "CREATE TABLE neuve (id integer PRIMARY KEY, ne text, nom text, prenom text, courriel text)",
    "INSERT INTO neuve (id, ne, nom, prenom) SELECT id, ne, nom, prenom FROM patient",
    "DROP TABLE patient",
    "ALTER TABLE neuve RENAME TO patient",
)
_EMAIL = "ALTER TABLE patient ADD COLUMN courriel text DEFAULT ''"

GOOD: Mapping[str, Kind] = {
    "new_program_only": Kind(version=Version(), good=True),
    "added_column": Kind(version=_sql(_EMAIL), good=True),
    "renamed_column": Kind(
        version=replace(
            _sql("ALTER TABLE patient RENAME COLUMN prenom TO prenoms"), named="nom, prenoms"
        ),
        good=True,
        names="id, nom, prenoms, ne",
    ),
    "table_made_anew": Kind(version=_sql(*_ANEW), good=True),
    "big": Kind(version=Version(payload=40, sql=(_EMAIL,)), good=True),
    "says_its_version": Kind(
        version=_sql("UPDATE reglages SET valeur = '2' WHERE nom = 'version_schema'"), good=True
    ),
}

BAD: Mapping[str, Kind] = {
    "does_not_start": Kind(version=Version(broken=True, sql=(_EMAIL,))),
    "starts_and_corrupts_pages": Kind(version=Version(at_start=_NOISE), only="sqlite"),
    "starts_and_overwrites": Kind(version=Version(at_start=_MUCH)),
    "changes_one_value_while_running": Kind(version=Version(at_start=_LATER)),
    "drops_a_table": Kind(version=_sql("DROP TABLE consultation")),
    "drops_a_column": Kind(version=_sql("ALTER TABLE consultation DROP COLUMN motif")),
    "truncates_text": Kind(version=_sql("UPDATE consultation SET texte = substr(texte, 1, 20)")),
    "loses_accents": Kind(
        version=_sql("UPDATE patient SET nom = replace(replace(nom, 'É', 'E'), 'ë', 'e')")
    ),
    "mojibake": Kind(version=_sql("UPDATE patient SET nom = replace(nom, 'É', 'Ã‰')")),
    "one_dose_ten_times": Kind(
        version=_sql("UPDATE consultation SET dose = dose * 10 WHERE id = 1234")
    ),
    "empties_one_value": Kind(version=_sql("UPDATE consultation SET texte = NULL WHERE id = 9")),
    "exchanges_two_columns": Kind(
        version=_sql("UPDATE patient SET nom = prenom, prenom = nom WHERE id > 1")
    ),
    "shifts_the_key": Kind(version=_sql("UPDATE consultation SET patient = patient + 1")),
    "deletes_the_newest": Kind(version=_sql("DELETE FROM consultation WHERE id > 3997")),
    "blank_database": Kind(version=_sql(*_BLANK)),
    "slow": Kind(version=Version(slow=0.6, sql=(_EMAIL,))),
    "hangs_in_postinst": Kind(version=Version(before=_HANG)),
    "half_installed": Kind(version=Version(after="sys.exit(1)", sql=(_EMAIL,))),
    "fails_before_it_migrates": Kind(version=Version(before="sys.exit(1)")),
    "disk_full": Kind(version=Version(after=_FILL, sql=("DELETE FROM consultation",))),
    "dependency_conflict": Kind(
        version=Version(control="Depends: nowhere-to-be-found (>= 9)\n"), refused=True
    ),
    "would_remove_the_card_reader": Kind(
        version=Version(control="Conflicts: vigie-essai-carte\n"), refused=True
    ),
    "wrong_schema": Kind(version=_sql("ALTER TABLE patient RENAME TO personne")),
    "crashes_later": Kind(version=Version(crash=1.8, sql=(_EMAIL,))),
    "log_full_of_trouble": Kind(version=Version(logged="ERROR cannot open the index")),
    "removes_its_own_program": Kind(
        version=Version(after='import os; os.remove("/opt/vigie-essai/application")')
    ),
    "deletes_scans": Kind(
        version=Version(after=f'import os; os.remove("{DATA}/scans/scan-3.txt")')
    ),
    "empties_the_data_folder": Kind(
        version=Version(after=f'import shutil; shutil.rmtree("{DATA}", ignore_errors=True)')
    ),
}

KINDS: Mapping[str, Kind] = {**GOOD, **BAD}
