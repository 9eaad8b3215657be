"""From what pipelines have of a model to its checkpoint."""
