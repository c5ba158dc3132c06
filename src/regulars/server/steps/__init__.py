"""What the worker does again and again: quick steps in one thread, long ones in another.

``ticking`` takes them in turn; ``following`` keeps features and tags in line with the facts.
"""
