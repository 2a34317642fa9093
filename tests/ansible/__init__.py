"""Tests of the roles and playbooks in ``ansible/``."""
