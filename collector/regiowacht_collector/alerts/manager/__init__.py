"""The Alertmanager that groups, holds back and hands on: found, started, asked."""
