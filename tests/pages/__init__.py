"""Each page: who may open it, what it says, how many queries it takes."""
