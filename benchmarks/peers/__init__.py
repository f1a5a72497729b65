"""Adapters that let a peer do the same work on the same data: each is a script for the peers' own Python, fed by one
.npz file. They import no Vedette, and Vedette imports none of them."""
