"""Everything before the tree: which files, their text and cells, whether they concern us, their trees and positions."""
