"""The workshop: Ibis tables in, Ibis tables out.

Each package measures one idea (`kpi`, `rfm`, `lifecycle`) over the lake's tables as of a date,
knows no Django and runs in a notebook on its own. `producers` keeps the results as feature tables.
`learned` are models that a chain's own past teaches. `rules` is the one language that tags and
audiences ask their questions in.
`simulation` writes a chain whose truth is known, so that models can be asked for what was planted.
"""
