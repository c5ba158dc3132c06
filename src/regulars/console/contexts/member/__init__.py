"""Member 360: the page put together from the rooms' answers, and the profile card."""
