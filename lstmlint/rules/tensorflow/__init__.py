"""The parts that rules have for TensorFlow 1: graphs, placeholders, cells and sessions."""
