"""The pages, in a browser and by their parts."""
