"""One module per page family; each view asks its context module and renders a template."""
