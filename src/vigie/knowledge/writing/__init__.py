"""Writing: what a text says of people before it is published. Rules that can be read, no model.

`search(text)` is the way in: for a post, and for what is read on a photo.
"""

from vigie.knowledge.writing.crowd import FEWEST, crowd
from vigie.knowledge.writing.masking import masked
from vigie.knowledge.writing.search import LONGEST, TooLong, search

__all__ = ["FEWEST", "LONGEST", "TooLong", "crowd", "masked", "search"]
