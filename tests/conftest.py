"""What every test stands on: the helpers beside the tests can be imported, and random examples are steady."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # tests are no package; their helpers are found here

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
