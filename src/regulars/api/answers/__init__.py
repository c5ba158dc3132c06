"""Answers read from the lake, kept as bytes for as long as no commit changes what they say.

``commits`` notices commits and tells what they changed; ``people`` keeps members in blocks;
``kept`` keeps answers about the whole scope. All memory here is bounded.
"""
