"""Vedette: an open missile early-warning and space-surveillance system. It sees and tells; it can never engage."""

__version__ = "0.1.0"
