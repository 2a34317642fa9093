"""One TOML file per platform: how its configurations are written, and how a whole one is told from a part."""
