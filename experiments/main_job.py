"""What ``python run.py`` asks, and where its answer goes."""

from __future__ import annotations

import shutil
from pathlib import Path

from experiments.batch_folder import BATCH
from experiments.errors import BatchError

QUESTION = "What would change if lights made way for ambulances, and idle ones moved up?"

MAKE_WAY = ["policies.signals=green_wave"]
MOVE_UP = [
    "policies.relocation=dmexclp",
    # the share of time that the city's ambulances are busy
    "policies.relocation.busy_fraction=0.4",
    # 8 min from the call, less the mean of dispatch delay and mobilisation
    "policies.relocation.target_s=315",
]
ARMS = {
    "as_it_is": [],
    "green_wave": MAKE_WAY,
    "move_up": MOVE_UP,
    "both": [*MAKE_WAY, *MOVE_UP],
}
"""Two factors in all combinations, by the name of the arm: what each changes in the city."""


def clear_folder(folder: Path) -> Path:
    """Remove what an earlier main job left, and nothing else.

    Raises
    ------
    BatchError
        If the folder holds something that is no batch.
    """
    if folder.exists():
        if not (folder / BATCH).is_file():
            raise BatchError(f"{folder}: holds no batch of Corridor's; move it out of the way")
        shutil.rmtree(folder)
    return folder
