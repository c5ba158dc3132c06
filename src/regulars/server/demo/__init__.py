"""The demo: *The Complete Journey*, a year of a real grocery chain, from raw files to pages.

The shoppers, baskets and products are real; the regions, guides and staff accounts are arranged
here, because the published data have none.
"""
