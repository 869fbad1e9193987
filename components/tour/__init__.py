"""A tour for teachers: saved views in order, with one sentence each."""
