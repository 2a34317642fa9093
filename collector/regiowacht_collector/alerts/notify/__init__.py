"""Tells people: takes what Alertmanager hands on, writes it in their language, delivers it, and remembers that it did.

Direction: Alertmanager -> ``notifier`` -> ``notice`` -> ``message`` -> ``ways`` (mail, webhook, Teams, ntfy) ->
``history``.
"""
