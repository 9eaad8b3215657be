"""The stream of PyTorch's CPU generator, after `torch.manual_seed`; see SPECIFICATION.md."""
