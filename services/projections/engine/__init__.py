"""How projections move forward: claims, batches, checkpoints."""
