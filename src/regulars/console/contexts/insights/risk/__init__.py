"""The risk page: its facts and bars, and the tables that lead to the members."""
