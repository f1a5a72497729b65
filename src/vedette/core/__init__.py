"""The ground floor: constants, errors, shapes, packaged tables. Imports nothing of ours."""
