"""The Insights pages: one row of tabs, and the words and charts of each page."""
