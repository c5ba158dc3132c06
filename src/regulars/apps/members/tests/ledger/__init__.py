"""What lies in the ledger, and how: many rows at once, from several processes, never plain."""
