"""The ransomware watch, put together: folders, vault, gate, guard, deeds."""

import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vigie import guards
from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.response import Deed
from vigie.domain.verdict import Report, Verdict
from vigie.policy.orders import Choices, decide
from vigie.agent.spine import Spine
from vigie.readers.structure import inspect_descriptor
from vigie.responders import Responder
from vigie.responders.block import Block
from vigie.responders.freeze import Freeze
from vigie.responders.restore import Restore
from vigie.sensors import SensorBlind
from vigie.sensors.disk.guarded import BLINDS, NAME, DocumentGate, Tools
from vigie.sensors.disk.keeping import Inspect
from vigie.tools.barrier import Barrier
from vigie.tools.processes import Families
from vigie.tools.undo import UndoBook
from vigie.tools.vault import Vault
from vigie.watch.patrol import Patrol
