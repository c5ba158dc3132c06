"""What is learned from a chain's own past, and judged on a part of it that was kept apart.

`churn` tells who will not come back, `price_sensitivity` what a discount and a coupon do,
`lookalike` who resembles a seed audience, `clusters` which groups of members there are. Each says
how good it is beside something simple.
"""
