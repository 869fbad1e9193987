"""What several pages draw with: the cached predictor, the view of results, the charts."""
