"""The first looks of something that rises, weighed against drawn flights: evidence, launch area, where it may fall.

`flights` are the drawn boosts on one grid; `weighing` weighs all looks of an object against every one of them;
`brightness` is how their flames should look from above, `others` what else flies with a flame; `products` are the areas
that the flights left over span: wide and true, until a launch fit replaces them.
"""
