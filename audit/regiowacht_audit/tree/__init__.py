"""Configurations as trees of lines: one reader per syntax family, line numbers kept."""
