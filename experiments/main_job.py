"""What ``python run.py`` asks, and where its answer goes."""

from __future__ import annotations

import shutil
from pathlib import Path

from experiments.batch_folder import BATCH
from experiments.errors import BatchError

QUESTION = "What would it change if each district answered its own calls only?"
ARMS = {
    "nearest": ["policies.dispatch=nearest"],
    "district_only": ["policies.dispatch=district_only"],
}


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
