"""Label designs as TOML, shipped as liquidose.templates."""
