"""Many orders at once: tables in, files of labels or a table of volumes out, every row accounted for."""
