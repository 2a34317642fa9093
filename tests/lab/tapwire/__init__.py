"""The process of one wire; it imports the standard library alone, so that it starts in a moment.

Its modules import each other relatively: tests read them as ``tests.lab.tapwire``, the process itself as ``tapwire``.
"""
