"""What runs in the process of the user's script. Standard library only: nothing else of ours need be installed there."""
