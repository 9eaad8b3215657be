"""What the tensors of a model start at by the code of those who pretrain: one file a source, as data."""
