"""Version 1 of the API: its routes by subject, and the shapes of what goes in and out.

Reads answer with bytes kept by ``answers``; writes stand on the rooms' services. Every route
names the one scope that opens it.
"""
