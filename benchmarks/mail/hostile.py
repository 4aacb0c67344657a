"""Five thousand broken and hostile messages through the cells: each answered, none over 5 s.

    python -m benchmarks.mail.hostile [--count 5000]
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "stage"))

from hostile_mail import hostile
from lures import lures
from mail_made import message
from twins import twins

from vigie.readers.mail.reader import MailReader

MOST = 5.0  # seconds


def main() -> None:
    """Play them, print how they went, end with 1 where one had no answer in time."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=5_000)
    count = parser.parse_args().count
    seeds = [message(made, number) for number, made in enumerate([*twins(), *lures()])]
    worst, answers, begun = 0.0, Counter[str](), time.monotonic()
    with MailReader() as reader:
        for untrusted in hostile(seeds, count):
            start = time.monotonic()
            seen = reader.read(untrusted)
            worst = max(worst, time.monotonic() - start)
            answers.update(d for d in seen.defects if d.startswith("reader_"))
    took = time.monotonic() - begun
    print(f"{count} messages in {took:.0f} s, the slowest {worst:.2f} s; without a full answer: {dict(answers)}")
    sys.exit(worst > MOST)


if __name__ == "__main__":
    main()
