"""Ordinary loads: what a practice does to its own documents, as short shell scripts.

`$P` is the practice, `$O` a folder outside of it, `$PY` our Python; `$O/list` holds the chosen
documents, each ended by a NUL. `before` runs unwatched and untimed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """One ordinary thing that people and programs do; `kinds` and `count` choose the documents.

    `question`: a question may be asked about it, because an attacker does the same.
    """

    script: str
    kinds: tuple[str, ...] = ()
    count: int = 0
    before: str = ""
    question: bool = False


OFFICE = (
    'soffice --headless --norestore "-env:UserInstallation=file://$O/profile" '
    "--convert-to {to} --outdir {into} {what} </dev/null >/dev/null 2>&1"
)
WARM = 'echo a > "$O/a.txt"; ' + OFFICE.format(to="odt", into='"$O"', what='"$O/a.txt"')
RESTIC = 'export RESTIC_PASSWORD=a RESTIC_REPOSITORY="$O/repo" RESTIC_CACHE_DIR="$O/cache"; '
GPG = 'gpg --homedir "$O/gnupg" --batch --pinentry-mode loopback --passphrase a -c'
KEYRING = 'mkdir -m 700 "$O/gnupg"'
GIT = 'git -C "$P/Site" -c user.name=a -c user.email=a@example.org -c gc.auto=0'
COPIED = (
    'mkdir -p "$O/in"; n=0; while IFS= read -r -d "" f; do n=$((n+1)); '
    'cp -p "$f" "$O/in/$n-${f##*/}"; done < "$O/list"'
)

LOADS = {
    "unzip of 300 documents": Load(
        'unzip -q "$O/received.zip" -d "$P/Reçus"',
        count=300,
        before=f'{COPIED}; cd "$O/in"; zip -q -r ../received.zip .',
    ),
    "LibreOffice converts 8 letters to PDF": Load(
        'mapfile -d "" l < "$O/list"; '
        + OFFICE.format(to="pdf", into='"$P/Envois"', what='"${l[@]}"'),
        ("docx",), 8, WARM,
    ),
    # From a copy outside over the letter itself: LibreOffice refuses to export onto what it reads.
    "LibreOffice saves 6 letters in place": Load(
        'while IFS= read -r -d "" f; do '
        + OFFICE.format(to="docx", into='"${f%/*}"', what='"$O/from/${f##*/}"')
        + '; done < "$O/list"',
        ("docx",), 6, f'{WARM}; mkdir "$O/from"; xargs -0 cp -t "$O/from" < "$O/list"',
    ),
    "git checkout of 300 files": Load(
        f"{GIT} checkout -q old; {GIT} checkout -q new",
        count=300,
        before=f'{COPIED}; mkdir "$P/Site"; {GIT} init -q -b old; cp "$O"/in/* "$P/Site"; '
        f'{GIT} add .; {GIT} commit -qm a; {GIT} checkout -qb new; '
        'last=; for f in $(ls -X "$O/in" | tr " " "?"); do f="$(echo "$O/in/"$f)"; '
        '[ "${f##*.}" = "${last##*.}" ] && cp "$f" "$P/Site/${last##*/}"; last="$f"; done; '
        f"{GIT} add .; {GIT} commit -qm b",
    ),
    "tar of the practice": Load('tar -C "$P" -czf "$P/archive.tar.gz" Courriers Notes Imagerie'),
    "tar extracted": Load(
        'mkdir "$P/Ancien"; tar -C "$P/Ancien" -xf "$O/a.tar"',
        before='tar -C "$P" -cf "$O/a.tar" Courriers Notes Imagerie',
    ),
    "zip -r of the practice": Load('cd "$P"; zip -q -r archive.zip Courriers Notes Imagerie'),
    "7z with a password": Load('7z a -bd -mx1 -psecret "$P/archive.7z" "$P/Imagerie" >/dev/null'),
    "restic backs the practice up": Load(
        f'{RESTIC} restic -q backup "$P"', before=f"{RESTIC} restic -q init >/dev/null"
    ),
    "restic restores over the practice": Load(
        f"{RESTIC} restic -q restore latest --target /",
        ("txt", "rtf"), 30,
        f'{RESTIC} restic -q init >/dev/null; restic -q backup "$P"; '
        'xargs -0 sed -i "s/Lyon/Paris/" < "$O/list"',
    ),
    "import of 200 photos": Load(
        'mkdir -p "$P/Photos"; cp -p "$O"/in/*.jpg "$P/Photos/"',
        ("jpg",), 200,
        f'{COPIED}; cd "$O/in"; for f in *.jpg; do cp "$f" "b$f"; cp "$f" "c$f"; done; '
        "ls *.jpg | tail -n +201 | xargs -d '\\n' -r rm",
    ),
    "mogrify of 60 photos in place": Load(
        'xargs -0 -n 15 mogrify -resize 70% < "$O/list"', ("jpg",), 60
    ),
    "exiftool on 100 photos": Load(
        'xargs -0 exiftool -q -overwrite_original -Artist=Cabinet < "$O/list"', ("jpg",), 100
    ),
    "3,000 SQLite transactions": Load(
        '"$PY" -c "$TRANSACTIONS" "$P/Base patients/patients.db"'
    ),
    "qpdf encrypts 30 PDF in place": Load(
        'xargs -0 -I@ qpdf --replace-input --encrypt a b 256 -- @ < "$O/list"', ("pdf",), 30
    ),
    "ghostscript replaces 15 PDF": Load(
        'while IFS= read -r -d "" f; do gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite '
        '-o "$f.tmp" "$f"; mv "$f.tmp" "$f"; done < "$O/list"',
        ("pdf",), 15,
    ),
    "rm -r of a folder": Load('rm -r "$P/Imagerie"'),
    "rename of 500 files": Load(
        '"$PY" -c "$RENAMES" "$O/list"', count=500
    ),
    "a folder moved away": Load('mv "$P/Courriers" "$O/Courriers"'),
    "sed -i on 40 texts": Load(
        'xargs -0 sed -i "s/Lyon/Paris/" < "$O/list"', ("txt", "rtf", "csv"), 40
    ),
    "gpg -c of one file, then deleted": Load(
        f'while IFS= read -r -d "" f; do {GPG} "$f"; rm "$f"; done < "$O/list"',
        ("docx",), 1, KEYRING,
    ),
    "gpg -c of five files, then deleted": Load(
        f'while IFS= read -r -d "" f; do {GPG} "$f"; rm "$f"; done < "$O/list"',
        ("pdf",), 5, KEYRING, question=True,
    ),
    "zip -m of 40 files": Load('xargs -0 zip -q -m "$P/rangé.zip" < "$O/list"', ("pdf",), 40),
    "a partial download, renamed": Load(
        'for n in 1 2 3 4 5 6 7 8; do f="$P/téléchargé $n.pdf"; for piece in "$O"/piece-*; do '
        'cat "$piece" >> "$f.part"; done; mv "$f.part" "$f"; done',
        ("pdf",), 1, f'{COPIED}; split -n 6 "$O"/in/* "$O/piece-"',
    ),
    "40 saves that truncate, then write": Load(
        '"$PY" -c "$SAVES" truncate "$O/list"', ("docx",), 40
    ),
    "40 saves by a new file and two renames": Load(
        '"$PY" -c "$SAVES" rename "$O/list"', ("docx",), 40
    ),
    "copy of a folder inside the practice": Load('cp -r "$P/Courriers" "$P/Courriers copie"'),
    "500 lines added to a register": Load(
        'for n in $(seq 500); do echo "2026-11-23;$n;Consultation;30" >> "$P/registre.csv"; done'
    ),
    "search through everything": Load('grep -r -c Lyon "$P" >/dev/null; true'),
    "find -delete of old texts": Load(
        'find "$P" -name "*.hpr" -delete'
    ),
}  # fmt: skip

TRANSACTIONS = """
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
for n in range(3000):
    base.execute("INSERT INTO consultation (patient, le, motif) VALUES (1, ?, 'a')", (n,))
base.close()
"""
RENAMES = """
import os, sys
for path in open(sys.argv[1]).read().split("\\0")[:-1]:
    folder, name = os.path.split(path)
    os.rename(path, os.path.join(folder, "2026 " + name))
"""
# What editors do: the whole document written anew, either into the emptied file or beside it.
SAVES = """
import io, os, sys, zipfile
way, listed = sys.argv[1:]
for path in open(listed).read().split("\\0")[:-1]:
    old, new = zipfile.ZipFile(io.BytesIO(open(path, "rb").read())), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as saved:
        for name in old.namelist():
            saved.writestr(name, old.read(name).replace(b"Lyon", b"Paris"))
    if way == "truncate":
        with open(path, "wb") as document:
            for start in range(0, len(new.getvalue()), 8192):
                document.write(new.getvalue()[start : start + 8192])
    else:
        with open(path + ".tmp", "wb") as document:
            document.write(new.getvalue())
            os.fsync(document.fileno())
        os.rename(path, path + ".bak")
        os.rename(path + ".tmp", path)
        os.unlink(path + ".bak")
"""
