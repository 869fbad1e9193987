"""Speed, memory and recall compared with a baseline: python -m benchmarks [--short] [--output FILE]."""
