"""The picture: shapes in millimetres."""
