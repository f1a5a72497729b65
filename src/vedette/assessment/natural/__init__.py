"""What nature, and what is up there anyway, makes of the same looks: one probability for each cause.

`reference` defines the evidence of *unknown*, against which every cause is weighed; `natural_causes` asks them all.
"""
