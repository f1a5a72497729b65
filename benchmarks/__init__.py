"""How fast Vedette is on this machine: `./run bench [NAME]`, one JSON line each; to compare with, not to test."""
