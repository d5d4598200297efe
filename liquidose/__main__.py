"""python -m liquidose."""

from liquidose.cli import start

start()
