"""The roof: settings, URLs, the ``regulars`` command, web and worker processes.

No other floor imports it.
"""
