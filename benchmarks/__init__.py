"""Speed, memory and recall against the obvious pipeline: python -m benchmarks [--short] [--output FILE]."""
