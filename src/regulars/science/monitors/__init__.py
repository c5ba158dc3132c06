"""What is noticed after a refresh: changes of stage, and members who crossed a line.

`keep_history` keeps every change of lifecycle stage; `watch` compares the newest features with
those of the date before, by the `Monitor`s of the house, and raises one alert for each member and
line. `follow` does both. `PLAYS` suggests what to do about it.
"""

from regulars.science.monitors.alerts import watch
from regulars.science.monitors.crossings import crossings
from regulars.science.monitors.follow import follow
from regulars.science.monitors.history import keep_history
from regulars.science.monitors.lines import Monitor, WatchOptions, standard_monitors
from regulars.science.monitors.plays import PLAYS, play_for

__all__ = [
    "PLAYS",
    "Monitor",
    "WatchOptions",
    "crossings",
    "follow",
    "keep_history",
    "play_for",
    "standard_monitors",
    "watch",
]
