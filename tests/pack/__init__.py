"""Tests of what is handed out: the wheelhouse and the Debian packages."""
