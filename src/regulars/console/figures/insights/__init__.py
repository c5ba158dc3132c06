"""What the Insights pages ask: the RFM cube and who moved, stages over time, alerts.

Like the overview's, these figures are sums of a digest, so any data scope gets them quickly.
"""
