"""What the pages ask the lake: set-based questions over a reader's part of one snapshot.

Definitions are the workshop's (``regulars.science``); here they are cut to the business date and
remembered per lake commit, scope and date.
"""
