"""Speed and memory on this machine, as ratios where there is something to compare with."""
