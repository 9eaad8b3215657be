"""How a signal and its gradient pass through a stack of layers: drawn, and as theory predicts."""
