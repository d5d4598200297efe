"""python -m liquidose."""

from liquidose.cli import main

main()
