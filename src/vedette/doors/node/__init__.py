"""A node: one owner's watch with its keys, its partners, its broker and its store."""
