"""What a service costs its patients, and when the model behind it is compiled."""

import subprocess
import sys
from pathlib import Path

FRESH = """\
import gc
import numpy as np
from numba.core.dispatcher import Dispatcher
from policies.hypercube.service_cost import Service, compile_model, service_cost_s

def compiled():
    return sum(len(one.signatures) for one in gc.get_objects() if isinstance(one, Dispatcher))

before = compiled()
compile_model()
when_made = compiled()
around_s = np.full((2, 3), 60.0)
for ambulances in ([1, 1], [2, 1], [3, 7], [6, 6]):
    service = Service(np.array(ambulances), np.arange(3.0), around_s, 10 * around_s)
    assert service_cost_s(service, np.zeros(2), 1800.0) >= 60
print(when_made - before, compiled() - when_made)
"""


def test_everything_is_compiled_before_the_first_decision():
    """Bug: `check-policy hypercube` counted compiling as a decision, and told of a loop."""
    told = subprocess.run(
        [sys.executable, "-c", FRESH],
        cwd=Path(__file__).parents[3],
        check=True,
        capture_output=True,
        text=True,
    )
    when_made, later = map(int, told.stdout.split())
    assert when_made > 5
    assert later == 0
