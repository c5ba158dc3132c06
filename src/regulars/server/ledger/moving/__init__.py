"""Carrying a whole ledger to another database: every row, in one transaction, checked within it.

``tables`` says what there is and in which order; ``rows`` reads and writes it in bounded memory;
``digest`` makes the checksums that both sides must agree on; ``move`` puts them together.
"""

from regulars.server.ledger.moving.move import Moved, MovedTable, move_ledger

__all__ = ["Moved", "MovedTable", "move_ledger"]
