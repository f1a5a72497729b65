"""How an orbit comes down: its averages under oblateness, Sun, Moon and air, in microseconds a day."""
