"""View-models: what a template shows, already worded, with the address behind every number."""
