"""What the Hugging Face Hub calls a repository: a model's files at a commit, of which none is stored."""
