"""A cluster of Rembuk on one machine: its processes, what they answer, and what happens if one is killed."""
