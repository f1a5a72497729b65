"""`vedette node`: one owner's watch among those of others."""
