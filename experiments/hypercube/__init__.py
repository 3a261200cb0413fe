"""A case by the exact hypercube model beside simulated runs, mismatch by mismatch."""
