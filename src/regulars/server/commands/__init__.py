"""The subcommands of ``regulars``, one file each.

Each file offers ``register(app)``, which adds its function to the Typer app.
"""
